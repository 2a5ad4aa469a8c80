import { describe, expect, test } from 'vitest';
import {
  nextEvent,
  rejection,
  sidecarPlaying,
  startedSidecar,
  textRequest,
} from '../support/sidecars.js';

describe('options', () => {
  test('undefined means the default', async () => {
    const sidecar = await startedSidecar(
      {},
      { creditWindow: undefined, requestTimeoutMs: undefined },
    );
    const stream = sidecar.generate(textRequest('a', 1000));
    await stream.next();
    await expect.poll(() => sidecar.stats().tokens).toBe(256);
    await stream.return();
  });

  test('heartbeatIntervalMs is how often the sidecar beats', async () => {
    const sidecar = await startedSidecar({}, { heartbeatIntervalMs: 60 });
    const beats: number[] = [];
    sidecar.on('heartbeat', () => beats.push(performance.now()));
    await expect.poll(() => beats.length, { timeout: 5000 }).toBeGreaterThanOrEqual(3);
  });

  test('requestTimeoutMs holds for calls that name no timeout of their own', async () => {
    const ignoring = {
      faults: [{ when: { request: 'stats' }, action: { type: 'ignore' } }],
    } as const;
    const sidecar = await startedSidecar(ignoring, { requestTimeoutMs: 30 });
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({
      code: 'Timeout',
      details: { timeoutMs: 30 },
    });
  });

  test('stderrTailBytes bounds the last words', async () => {
    const script = { startupStderr: `${'x'.repeat(1000)}the end`, exitAtStart: 1 };
    const sidecar = sidecarPlaying(script, { stderrTailBytes: 7 });
    await rejection(sidecar.start());
    expect(sidecar.exit?.stderrTail).toBe('the end');
  });

  test('env and cwd are those of the process', async () => {
    const script = 'echo "$GREETING $PWD" >&2; exit 1';
    const shell = {
      command: '/bin/sh',
      args: ['-c', script],
      env: { GREETING: 'hi' },
      cwd: '/usr',
    };
    const sidecar = sidecarPlaying({}, shell);
    expect(await rejection(sidecar.start())).toMatchObject({
      message: expect.stringContaining('hi /usr'),
    });
  });

  test('client is what the sidecar is told in the handshake', async () => {
    const script = 'head -n 1 >&2; exit 1';
    const client = { name: 'somebody', version: '7' };
    const sidecar = sidecarPlaying({}, { command: '/bin/sh', args: ['-c', script], client });
    await rejection(sidecar.start());
    expect(JSON.parse(sidecar.exit?.stderrTail ?? '')).toMatchObject({
      method: 'initialize',
      params: { client, protocolVersion: 1 },
    });
  });

  test('a start slower than slowStartMs is logged once with the last words so far', async () => {
    const shell = { command: '/bin/sh', args: ['-c', 'echo downloading >&2; sleep 60'] };
    const sidecar = sidecarPlaying({}, { ...shell, slowStartMs: 250, startupTimeoutMs: 500 });
    const logs: unknown[] = [];
    sidecar.on('log', (log) => logs.push(log));
    await rejection(sidecar.start());
    expect(logs).toMatchObject([{ level: 'warn', fields: { stderr: 'downloading' } }]);
  });

  test('slowStartMs: 0 keeps quiet', async () => {
    const sidecar = sidecarPlaying({}, { slowStartMs: 0 });
    let logs = 0;
    sidecar.on('log', () => (logs += 1));
    await sidecar.start();
    expect(logs).toBe(0);
  });

  test('what the sidecar logs is passed on', async () => {
    const line = { jsonrpc: '2.0', method: 'log', params: { level: 'info', message: 'hello' } };
    const bytes = `${JSON.stringify(line)}\n`;
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'stats' }, action: { type: 'write', bytes } }],
    });
    const logged = nextEvent((listener) => sidecar.on('log', listener));
    await sidecar.request('stats', {});
    expect(await logged).toEqual([{ level: 'info', message: 'hello' }]);
  });

  test('frames that arrive extend the startup timeout', async () => {
    const line = '{"jsonrpc":"2.0","method":"log","params":{"level":"info","message":"."}}';
    const script = `for i in 1 2 3 4 5 6; do sleep 0.15; echo '${line}'; done; echo done >&2; exit 1`;
    const shell = { command: '/bin/sh', args: ['-c', script], startupTimeoutMs: 700 };
    const sidecar = sidecarPlaying({}, shell);
    expect(await rejection(sidecar.start())).toMatchObject({ cause: { stderrTail: 'done\n' } });
  });
});
