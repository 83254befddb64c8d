import { describe, expect, test } from 'bun:test';
import { helpText, readCommandLine, UsageError } from '../../src/cli/command-line.ts';
import { Settings } from '../../src/config.ts';

const read = (line: string) => readCommandLine(line.split(' ').filter((word) => word !== ''));
const refusal = (line: string): string => {
  try {
    read(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'it was accepted';
};

describe('a command line', () => {
  test('starts the service if it names no command', () => {
    expect(read('')).toEqual({ name: 'serve', settings: {} });
    expect(read('serve')).toEqual({ name: 'serve', settings: {} });
  });

  test('sets every setting by a flag of its name', () => {
    expect(read('--port 9000 --max-ttl=60 --log-level debug')).toEqual({
      name: 'serve',
      settings: { PORT: '9000', OTP_MAX_TTL: '60', LOG_LEVEL: 'debug' },
    });
    for (const setting of Object.keys(Settings.properties)) {
      const flag = setting.replace('OTP_', '').toLowerCase().replaceAll('_', '-');
      expect(read(`serve --${flag} x`)).toEqual({ name: 'serve', settings: { [setting]: 'x' } });
      expect(helpText()).toContain(`--${flag}\n`);
    }
  });

  test.each([
    ['request --user alice --ttl 60', { path: '/otp/request', body: { user: 'alice', ttl: 60 } }],
    ['request --user alice --ttl soon', { path: '/otp/request', body: { user: 'alice', ttl: 'soon' } }],
    [
      'verify --user alice --code 012345 --purpose login',
      { path: '/otp/verify', body: { user: 'alice', code: '012345', purpose: 'login' } },
    ],
    ['wait --user +15551234', { path: '/mock/inbox/wait?user=%2B15551234' }],
    ['wait --timeout 3 --user a&b', { path: '/mock/inbox/wait?timeout=3&user=a%26b' }],
    ['clock advance 301', { path: '/mock/clock', body: { advance: 301 } }],
    ['reset', { path: '/mock/reset', body: {} }],
    ['reset --user alice', { path: '/mock/reset', body: { user: 'alice' } }],
  ])('makes a call of %s', (line, call) => {
    const command = read(line);
    if (command.name !== 'client') throw new Error('it is no client command');
    expect(command.command.call(command.values)).toEqual(call);
    expect([command.url, command.key]).toEqual(['http://localhost:8080', undefined]);
  });

  test('can name another service, and a key', () => {
    expect(read('reset --url http://otp:9000 --key k')).toMatchObject({ url: 'http://otp:9000', key: 'k' });
  });

  test.each([
    ['--prot 1', 'there is no flag --prot; did you mean --port?'],
    ['--nonsense', 'there is no flag --nonsense; --help lists them all'],
    ['serv', 'there is no command "serv"; did you mean serve?'],
    ['constructor', 'there is no command "constructor"; --help lists them all'],
    ['--port', '--port needs a value'],
    ['--port --host x', '--port needs a value'],
    ['-p 1', 'there is no flag -p; --help lists them all'],
    ['serve 8080', '"8080" is one word too many'],
    ['wait', 'wait needs --user USER'],
    ['wait alice', '"alice" is one word too many'],
    ['wait --user alice --port 1', 'there is no flag --port; --help lists them all'],
    ['verify --user alice', 'verify needs --code DIGITS'],
    ['clock', 'the command goes on with advance SECONDS'],
    ['clock advance', 'the command goes on with SECONDS'],
    ['clock back 5', '"back" must be "advance"'],
    ['reset --url nowhere', '--url must be an address like http://localhost:8080, not "nowhere"'],
    ['reset --url localhost:80', '--url must be an address like http://localhost:8080, not "localhost:80"'],
  ])('is refused with a hint: %s', (line, message) => {
    expect(refusal(line)).toBe(message);
  });

  test.each([['--help'], ['help'], ['-h'], ['serve --help'], ['wait --help']])(
    'asks for help: %s',
    (line) => {
      expect(read(line)).toEqual({ name: 'help' });
    },
  );

  test.each([['--version'], ['version'], ['-v']])('asks for the version: %s', (line) => {
    expect(read(line)).toEqual({ name: 'version' });
  });
});
