import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OtpService } from './client.ts';

/** A service of the test's own. */
export interface StartedOtpService extends OtpService {
  /** Ends the service, and resolves when its process is gone. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How to start a service: settings by the names of their environment variables. */
export interface StartOptions {
  /** 0, the default, picks a free port. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/**
 * Starts a service of the test's own on this machine, and resolves once it serves. It ends with the process that started
 * it, at the latest.
 *
 * @throws Error with what the service said, if it does not start
 */
export async function startOtpService({
  port = 0,
  settings = {},
}: StartOptions = {}): Promise<StartedOtpService> {
  const program = fileURLToPath(new URL('../../bin/mock-otp-service.js', import.meta.url));
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      ...Object.fromEntries(given),
      PORT: String(port),
      // The line that names the address is JSON, of level info.
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'info',
      END_WITH_PARENT: '1',
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      said += chunk;
      const found = /"message":"listening","url":"([^"]+)"/.exec(said)?.[1];
      if (found === undefined) return;
      // What the service logs from now on is read, and not kept.
      child.stdout.off('data', read).resume();
      child.stderr.off('data', read).resume();
      resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the service did not start: ${said.trim()}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const key = settings['OTP_API_KEYS'] ?? process.env['OTP_API_KEYS'];
  const service = new OtpService(url, key === undefined ? {} : { key: String(key).split(',')[0] ?? '' });
  return Object.assign(service, { stop, [Symbol.asyncDispose]: stop });
}
