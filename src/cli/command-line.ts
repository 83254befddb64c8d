import { parseArgs } from 'node:util';
import type { TSchema } from '@sinclair/typebox';
import { type Env, Settings } from '../config.ts';
import { nearest } from '../http/nearest.ts';
import { CLIENT_COMMANDS, CLIENT_FLAGS, type ClientCommand, type Values } from './commands.ts';

/** What a command line asks for. */
export type CommandLine =
  /** Start the service, with these settings on top of the environment's. */
  | { readonly name: 'serve'; readonly settings: Env }
  | { readonly name: 'help' | 'version' }
  | {
      readonly name: 'client';
      readonly command: ClientCommand;
      readonly values: Values;
      readonly url: string;
      readonly key: string | undefined;
    };

/** The command line is not valid. The message says what to write instead. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The address of a service that runs with the default settings. */
const LOCAL = 'http://localhost:8080';

/** A setting's flag: `--port` for PORT, `--max-ttl` for OTP_MAX_TTL. */
function flagOf(setting: string): string {
  return setting.replace(/^OTP_/, '').toLowerCase().replaceAll('_', '-');
}

const SETTING_FLAGS = new Map(Object.keys(Settings.properties).map((setting) => [flagOf(setting), setting]));

/** Reads what follows the program's name. @throws UsageError if it makes no sense */
export function readCommandLine(args: readonly string[]): CommandLine {
  const [first = 'serve'] = args;
  if (['help', '--help', '-h'].includes(first)) return { name: 'help' };
  if (['version', '--version', '-v'].includes(first)) return { name: 'version' };
  const name = first.startsWith('-') ? 'serve' : first;
  const rest = name === first ? args.slice(1) : args;
  if (rest.includes('--help')) return { name: 'help' };
  if (name === 'serve') return { name, settings: settingsOf(readFlags(rest, [], [...SETTING_FLAGS.keys()])) };

  const command = Object.hasOwn(CLIENT_COMMANDS, name) ? CLIENT_COMMANDS[name] : undefined;
  if (command === undefined)
    throw new UsageError(
      `there is no command "${name}"${hint(name, ['serve', ...Object.keys(CLIENT_COMMANDS)])}`,
    );
  const flags = { ...command.flags, ...CLIENT_FLAGS };
  const { url = LOCAL, key, ...values } = readFlags(rest, command.words ?? [], Object.keys(flags));
  for (const [flag, { required, value }] of Object.entries(flags))
    if (required && values[flag] === undefined) throw new UsageError(`${name} needs --${flag} ${value}`);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`--url must be an address like ${LOCAL}, not "${url}"`);
  return { name: 'client', command, values, url, key };
}

/** The values of flags and of the words in capitals. Other words must be there as they are. */
function readFlags(args: readonly string[], words: readonly string[], known: readonly string[]): Values {
  const options = Object.fromEntries(known.map((flag) => [flag, { type: 'string' as const }]));
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string> = {};
  const left = [...words];
  for (const token of tokens) {
    if (token.kind === 'option') {
      const { name, rawName, value, inlineValue } = token;
      if (!known.includes(name))
        throw new UsageError(`there is no flag ${rawName}${hint(name, known, '--')}`);
      if (value === undefined || (!inlineValue && value.startsWith('--')))
        throw new UsageError(`${rawName} needs a value`);
      values[name] = value;
    } else if (token.kind === 'positional') {
      const word = left.shift();
      if (word === undefined) throw new UsageError(`"${token.value}" is one word too many`);
      if (word === word.toUpperCase()) values[word] = token.value;
      else if (word !== token.value) throw new UsageError(`"${token.value}" must be "${word}"`);
    }
  }
  if (left.length > 0) throw new UsageError(`the command goes on with ${left.join(' ')}`);
  return values;
}

function settingsOf(values: Values): Env {
  return Object.fromEntries(
    Object.entries(values).map(([flag, value]) => [SETTING_FLAGS.get(flag) ?? flag, value]),
  );
}

function hint(word: string, known: readonly string[], before = ''): string {
  const near = nearest(word, known);
  return near === undefined ? '; --help lists them all' : `; did you mean ${before}${near}?`;
}

/** The text of `--help`. */
export function helpText(): string {
  const flags = (of: ClientCommand) => Object.entries({ ...of.flags });
  const usage = (name: string, of: ClientCommand) => {
    const written = flags(of).map(([flag, { value, required }]) =>
      required ? `--${flag} ${value}` : `[--${flag} ${value}]`,
    );
    return `  ${[name, ...(of.words ?? []), ...written].join(' ')}\n      ${of.does}`;
  };
  const settings = Object.entries<TSchema>(Settings.properties).map(
    ([setting, { default: value, description }]) => {
      const known = String(value) === '' ? '' : `; default ${value}`;
      return `  --${flagOf(setting)}\n      ${String(description).replaceAll('`', '')} (${setting}${known})`;
    },
  );
  return [
    'mock-otp-service: a one-time-password service for development and tests',
    '',
    '  [serve] [settings]',
    '      starts the service; the default',
    ...Object.entries(CLIENT_COMMANDS).map(([name, of]) => usage(name, of)),
    '  --help, --version',
    '',
    'All commands but serve call a service that runs:',
    ...Object.entries(CLIENT_FLAGS).map(([flag, { value, does }]) => `  --${flag} ${value}\n      ${does}`),
    '',
    'Settings of serve, as flags or as environment variables:',
    ...settings,
    '',
    'Exit status: 0 done, 1 it failed or the service refused, 2 the command line is not valid.',
  ].join('\n');
}
