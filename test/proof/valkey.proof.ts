import { describe, expect, test } from 'bun:test';
import { ValkeyPod } from '../support/valkey-pod.ts';

const PASSWORD = 'b'.repeat(48);

async function becomesReady(pod: ValkeyPod): Promise<void> {
  while (!(await pod.passes('readinessProbe'))) await Bun.sleep(20);
}

describe('the store’s pod of the scaled form', () => {
  test('keeps each write on its disk, and drops none for room', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    await pod.start();
    await becomesReady(pod);
    for (const [setting, value] of Object.entries({
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
      maxmemory: String(640 * 2 ** 20),
    }))
      expect(await pod.cli('CONFIG', 'GET', setting)).toBe(`${setting}\n${value}`.trim());
  });

  test('answers to the password alone, which stands on no command line', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const server = await pod.start();
    await becomesReady(pod);
    expect(await pod.cli('PING')).toBe('PONG');
    expect(await pod.stranger('PING')).toStartWith('NOAUTH');
    const commandLine = await Bun.file(`/proc/${server.pid}/cmdline`).text();
    expect(commandLine).toContain('valkey-server');
    expect(commandLine).not.toContain(PASSWORD);
  });

  test('has what it was told when it starts again, and is alive but not ready while it reads that', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const first = await pod.start();
    await becomesReady(pod);
    await pod.cli('EVAL', "for i = 1, 20000 do redis.call('SET', i, i) end", '0');
    first.kill('SIGKILL');
    await first.exited;

    await pod.start('key-load-delay 100');
    while (!(await pod.passes('livenessProbe'))) await Bun.sleep(20);
    expect(await pod.passes('readinessProbe')).toBe(false);
    await becomesReady(pod);
    expect(await pod.cli('GET', '20000')).toBe('20000');
  }, 15_000);

  test('is not alive when it stands still, and ends in good order when it is told to', async () => {
    await using pod = await ValkeyPod.create(PASSWORD);
    const server = await pod.start();
    await becomesReady(pod);
    server.kill('SIGSTOP');
    expect(await pod.passes('livenessProbe')).toBe(false);
    server.kill('SIGCONT');
    expect(await pod.passes('livenessProbe')).toBe(true);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  }, 15_000);
});
