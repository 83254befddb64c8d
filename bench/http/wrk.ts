import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is sent: codes for new users, the right codes of users who were sent one before, or both in turns. */
export type Traffic = 'request' | 'verify' | 'pair';

/** What a run of wrk counted. Latencies in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers of 400 and above, and connections that failed. */
  readonly failed: number;
}

/** Requests that are under way at once. */
const CONNECTIONS = 32;

/**
 * Users have names of 24 bytes, and each code is chosen by who asks for it, so that nobody has to read answers.
 * Of a pair, the code is verified when so many more have been asked for that its request has been answered.
 */
const script = (traffic: Traffic, names: string) => `
local traffic, lag, n = "${traffic}", ${CONNECTIONS * 16}, -1 -- wrk makes one request that it does not send
local function body(kind, i)
  return wrk.format("POST", "/otp/" .. kind, { ["Content-Type"] = "application/json" },
    string.format('{"user":"%s-%018d","code":"%06d"}', "${names}", i, i % 1000000))
end
function request()
  n = n + 1
  if traffic ~= "pair" then return body(traffic, n) end
  if n <= lag then return body("request", n) end
  local i = math.floor((n - lag + 1) / 2)
  if (n - lag) % 2 == 1 then return body("request", i + lag) end
  return body("verify", i)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

/** Whether wrk can be run; if not, says how to install it. */
export function hasWrk(): boolean {
  const found = Bun.which('wrk') !== null;
  if (!found) console.error('wrk is missing, so nothing is measured over HTTP: apt-get install wrk');
  return found;
}

/** Sends traffic to a server from one core for some seconds. @param names what those of its users begin with */
export async function load(
  url: string,
  traffic: Traffic,
  seconds: number,
  core: number,
  names: string = traffic === 'pair' ? 'pairs' : 'users',
): Promise<Load> {
  const file = join(mkdtempSync(join(tmpdir(), 'wrk-')), `${traffic}.lua`);
  await Bun.write(file, script(traffic, names));
  const wrk = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', file, url];
  // Not with spawnSync: whoever calls may have a server's log to read meanwhile.
  const child = Bun.spawn(['taskset', '-c', String(core), ...wrk], { stdout: 'pipe' });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`wrk failed: ${output}`);
  const counted = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  return { ...counted, perSecond: counted.requests / counted.seconds };
}
