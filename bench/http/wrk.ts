import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Requests for new users, right guesses for users that already have a code, or both in turn. */
export type Traffic = 'request' | 'verify' | 'pair';

/** The result of a run of wrk. Latencies are in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers of 400 and above, and failed connections. */
  readonly failed: number;
}

/** Requests in flight at once. */
const CONNECTIONS = 32;

/**
 * User names have 24 bytes. The client chooses each code, so it need not read answers. In pairs, a code is verified
 * only after enough further requests that its own request has been answered.
 */
const script = (traffic: Traffic, names: string, calls: number) => `
local traffic, lag, n = "${traffic}", ${CONNECTIONS * 16}, -1 -- wrk builds one request that it does not send
local function body(kind, i)
  return wrk.format("POST", "/otp/" .. kind, { ["Content-Type"] = "application/json" },
    string.format('{"user":"%s-%018d","code":"%06d"}', "${names}", i, i % 1000000))
end
local ffi = require("ffi")
ffi.cdef("int getpid(); int kill(int pid, int signal);")
local function stop() -- the thread; and wrk itself, which would sleep on to the end of its time
  wrk.thread:stop()
  ffi.C.kill(ffi.C.getpid(), 2)
end
function request()
  n = n + 1
  if n == ${calls} then stop() end
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

/** Whether wrk is installed. If not, prints how to install it. */
export function hasWrk(): boolean {
  const found = Bun.which('wrk') !== null;
  if (!found) console.error('wrk is missing, so the HTTP benchmarks are skipped: apt-get install wrk');
  return found;
}

/** How long traffic lasts. With a number of calls it does not depend on what else the machine does. */
export type Amount = { readonly seconds: number } | { readonly calls: number };

/** Sends traffic to a server from one core. @param names the prefix of its user names */
export async function load(
  url: string,
  traffic: Traffic,
  amount: Amount,
  core: number,
  names: string = traffic === 'pair' ? 'pairs' : 'users',
): Promise<Load> {
  const { seconds, calls } = { seconds: 60, calls: -1, ...amount };
  const file = join(mkdtempSync(join(tmpdir(), 'wrk-')), `${traffic}.lua`);
  await Bun.write(file, script(traffic, names, calls));
  const wrk = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', file, url];
  // Not spawnSync: the caller may need to read a server's log meanwhile.
  const child = Bun.spawn(['taskset', '-c', String(core), ...wrk], { stdout: 'pipe' });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`wrk failed: ${output}`);
  const counted = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  return { ...counted, perSecond: counted.requests / counted.seconds };
}
