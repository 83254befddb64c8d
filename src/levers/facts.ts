export {};

declare module '../core/events.ts' {
  interface Facts {
    /** A test made the service forget everything, or one user's part. */
    'mock.reset': Cause & { readonly user?: string };
    /** A test deleted the messages of the inbox, or one user's. Their codes keep working. */
    'mock.inbox_emptied': Cause & { readonly user?: string };
    /** A test moved service time, froze it or unfroze it. */
    'mock.clock': Cause & {
      /** Service time after the move, in milliseconds since the epoch. */
      readonly now: number;
      /** How far service time is ahead of real time, in milliseconds. */
      readonly offset: number;
      readonly frozen: boolean;
    };
  }
}
