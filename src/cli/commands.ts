/** What a flag's value is for. A required flag has no default. */
interface Flag {
  readonly value: string;
  readonly required?: true;
  readonly does: string;
}

/** The values of flags by their names, and the words behind the command. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The call that a command makes: the body makes it a POST. */
interface Call {
  readonly path: string;
  readonly body?: object;
}

/** A command for a service that runs already. */
export interface ClientCommand {
  readonly does: string;
  /** The words behind the command's name. */
  readonly words?: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  call(values: Values): Call;
  /** What of the answer is printed. */
  show(answer: Readonly<Record<string, unknown>>): unknown;
}

const user: Flag = { value: 'USER', required: true, does: 'whose code' };
const purpose: Flag = { value: 'PURPOSE', does: 'what the code is for, if not the default' };

/** The flags that every client command has. */
export const CLIENT_FLAGS: Readonly<Record<string, Flag>> = {
  url: { value: 'URL', does: 'the service; http://localhost:8080 if absent' },
  key: { value: 'KEY', does: 'an API key; the first of OTP_API_KEYS if absent' },
};

export const CLIENT_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  request: {
    does: 'requests a code and prints it, or "queued" in strict mode',
    flags: {
      user,
      purpose,
      ttl: { value: 'SECONDS', does: 'its lifetime' },
      code: { value: 'DIGITS', does: 'these digits instead of random ones' },
      channel: { value: 'NAME', does: 'deliver it over this channel' },
      to: { value: 'ADDRESS', does: 'and to this address; the user if absent' },
    },
    call: ({ ttl, ...fields }) => ({
      path: '/otp/request',
      body: { ...fields, ...(ttl !== undefined && { ttl: numberOr(ttl) }) },
    }),
    show: ({ code, delivery }) => code ?? delivery,
  },
  verify: {
    does: 'verifies a code',
    flags: { user, code: { value: 'DIGITS', required: true, does: 'the digits' }, purpose },
    call: (body) => ({ path: '/otp/verify', body }),
    show: ({ message }) => message,
  },
  wait: {
    does: "waits for a user's code and prints it",
    flags: {
      user,
      purpose,
      timeout: { value: 'SECONDS', does: 'how long; 10 if absent' },
      after: { value: 'ID', does: 'the first code after the one with this id; 0 for the oldest' },
    },
    call: (query) => ({ path: `/mock/inbox/wait?${new URLSearchParams(defined(query))}` }),
    show: ({ code }) => code,
  },
  clock: {
    does: "moves the service's time ahead and prints it",
    words: ['advance', 'SECONDS'],
    flags: {},
    call: ({ SECONDS = '' }) => ({ path: '/mock/clock', body: { advance: numberOr(SECONDS) } }),
    show: ({ now }) => now,
  },
  reset: {
    does: 'forgets everything, or one user',
    flags: { user: { value: 'USER', does: 'whose codes, counts, locks and messages' } },
    call: (body) => ({ path: '/mock/reset', body }),
    show: ({ message }) => message,
  },
};

/** Turns digits into a number. Other text stays as it is, and the service says what it must be. */
function numberOr(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function defined(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
