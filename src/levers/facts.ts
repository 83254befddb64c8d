import type { OtpKey } from '../core/store.ts';

/** What an application asked a provider to send. The inbox shows it as the user would get it. */
export interface Via {
  /** The provider's name, such as `twilio`. */
  readonly provider: string;
  readonly channel: string;
  /** The recipient, as an E.164 number or an e-mail address. */
  readonly to: string;
  /** The text, with `{code}` in place of the digits; a text of the application's own as it is. */
  readonly text: string;
  /** What the provider wants to find on the message again. */
  readonly note?: unknown;
}

declare module '../core/events.ts' {
  interface Cause {
    /** Only for what an application did through a provider's API. */
    readonly via?: Via;
  }

  interface Facts {
    /** An application sent a text of its own. `code` is the digits in it; empty if there are none. */
    'message.sent': OtpKey &
      Cause & {
        readonly message: string;
        readonly via: Via;
        readonly code: string;
        readonly otp?: never;
        readonly expiresAt?: never;
      };
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
