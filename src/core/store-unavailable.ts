/**
 * The store cannot be reached or does not answer in time. The step that was asked for was most likely not taken, but may
 * have been: nobody can tell.
 */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
