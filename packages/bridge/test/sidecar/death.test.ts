import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeScript } from '@mlx/bridge/testing';
import { describe, expect, test } from 'vitest';
import { SidecarExitError } from '../../src/index.js';
import {
  collect,
  nextEvent,
  processesInGroup,
  rejection,
  startedSidecar,
  textRequest,
} from '../support/sidecars.js';

const SLOW: FakeScript = { generation: { stepMs: 2 } };

describe('death of the process', () => {
  test('SIGKILL with 32 streams gives each exactly one typed error within a second', async () => {
    const sidecar = await startedSidecar(SLOW);
    const streams = Array.from({ length: 32 }, (_, index) =>
      sidecar.generate(textRequest(`s${index}`, 100_000)),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    const group = sidecar.pid ?? 0;
    const killedAt = performance.now();
    process.kill(group, 'SIGKILL');
    const errors = await Promise.all(streams.map((stream) => rejection(collect(stream))));
    expect(performance.now() - killedAt).toBeLessThan(1000);
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'SidecarCrashed',
        retryable: true,
        cause: { signal: 'SIGKILL', exitCode: null, reason: 'signal' },
      });
    }
    for (const stream of streams) expect((await stream.next()).done).toBe(true);
    expect(processesInGroup(group)).toEqual([]);
  });

  test('an abort in native code leaves the tail of stderr in the cause', async () => {
    const sidecar = await startedSidecar({
      startupStderr: 'first words\n[METAL] command buffer failed\n',
      faults: [{ when: { tokens: 5 }, action: { type: 'signal', signal: 'SIGABRT' } }],
    });
    const error = (await rejection(collect(sidecar.generate(textRequest('a', 100))))) as Error;
    expect(error.cause).toBeInstanceOf(SidecarExitError);
    expect(error.cause).toMatchObject({ signal: 'SIGABRT' });
    expect((error.cause as Error).message).toContain('[METAL] command buffer failed');
  });

  test('an exit ends calls under way, and calls made later, with the exit code', async () => {
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'tokenize' }, action: { type: 'exit', code: 7 } }],
    });
    const tokenize = () => sidecar.request('tokenize', { prompt: { type: 'tokens', tokens: [1] } });
    const crashed = { code: 'SidecarCrashed', cause: { exitCode: 7, signal: null } };
    expect(await rejection(tokenize())).toMatchObject(crashed);
    expect(await rejection(tokenize())).toMatchObject(crashed);
    expect(await rejection(sidecar.generate(textRequest('a', 1)).next())).toMatchObject(crashed);
  });

  test('rows that arrived with the finish survive a death right after it', async () => {
    const sidecar = await startedSidecar({
      faults: [{ when: { tokens: 20 }, action: { type: 'signal', signal: 'SIGKILL' } }],
    });
    const stream = sidecar.generate(textRequest('a', 20));
    const first = stream.next();
    await nextEvent((listener) => sidecar.once('exit', listener));
    expect((await first).done).toBe(false);
    expect(await collect(stream)).toHaveLength(19);
  });

  test('a stopped process (SIGSTOP) is found by its missing heartbeats and killed', async () => {
    const sidecar = await startedSidecar(SLOW, {
      heartbeatIntervalMs: 50,
      heartbeatTimeoutMs: 500,
    });
    const stream = sidecar.generate(textRequest('a', 100_000));
    await stream.next();
    process.kill(sidecar.pid ?? 0, 'SIGSTOP');
    expect(await rejection(collect(stream))).toMatchObject({
      code: 'SidecarCrashed',
      cause: { reason: 'heartbeat', signal: 'SIGKILL', kills: ['SIGKILL'] },
    });
  });

  test('a hung process is found the same way', async () => {
    const sidecar = await startedSidecar(
      { faults: [{ when: { request: 'stats' }, action: { type: 'hang' } }] },
      { heartbeatIntervalMs: 50, heartbeatTimeoutMs: 500 },
    );
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({
      cause: { reason: 'heartbeat' },
    });
  });

  test('a process whose heart beats while its generation stands still is killed as stalled', async () => {
    const sidecar = await startedSidecar(
      { faults: [{ when: { tokens: 3 }, action: { type: 'stall' } }] },
      { heartbeatIntervalMs: 50, stallTimeoutMs: 200 },
    );
    const stream = sidecar.generate(textRequest('a', 100));
    expect(await rejection(collect(stream))).toMatchObject({ cause: { reason: 'stalled' } });
  });

  test('missing heartbeats do not matter while tokens arrive', async () => {
    const sidecar = await startedSidecar(
      { heartbeats: false, generation: { stepMs: 10 } },
      { heartbeatIntervalMs: 50, heartbeatTimeoutMs: 700 },
    );
    expect(await collect(sidecar.generate(textRequest('a', 120)))).toHaveLength(120);
  });

  test('a process that closes its output but lives on is killed', async () => {
    const sidecar = await startedSidecar(
      { faults: [{ when: { afterMs: 50 }, action: { type: 'close-stdout' } }] },
      { heartbeatIntervalMs: 60_000 },
    );
    const [exit] = await nextEvent((listener: (exit: { reason: string }) => void) =>
      sidecar.once('exit', listener),
    );
    expect(exit.reason).toBe('pipe');
  });

  test('children of the sidecar die with it', async () => {
    const script = 'sleep 60 & exec "$0" "$@"';
    const sidecar = await startedSidecar({}, withShell(script));
    const group = sidecar.pid ?? 0;
    expect(processesInGroup(group)).toHaveLength(2);
    process.kill(group, 'SIGKILL');
    await nextEvent((listener) => sidecar.once('exit', listener));
    await expect.poll(() => processesInGroup(group)).toEqual([]);
  });
});

function withShell(script: string) {
  return { command: '/bin/sh', args: ['-c', script, process.execPath, ...fakeSidecar({}).args] };
}
