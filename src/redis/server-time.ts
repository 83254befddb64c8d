/**
 * What the time is by the server's clock, at the earliest: what it last said it was, and what has flowed since that
 * was heard. The true time is later by as long as the answer took to come.
 */
export class ServerTime {
  #said = 0;
  #heardAt = 0;

  /** @param said the server's time in ms since the epoch @param heardAt the moment that was heard, in ms by a steady clock */
  hear(said: number, heardAt: number): void {
    this.#said = said;
    this.#heardAt = heardAt;
  }

  /** The server's time at a moment by that steady clock, or somewhat before; in whole ms. */
  at(moment: number): number {
    return Math.floor(this.#said + (moment - this.#heardAt));
  }
}
