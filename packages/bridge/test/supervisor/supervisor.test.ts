import { describe, expect, test } from 'vitest';
import type { FakeScript } from '@mlx/bridge/testing';
import { Sidecar, SparePool, type Supervisor } from '../../src/index.js';
import {
  collect,
  nextEvent,
  openDescriptors,
  processesInGroup,
  rejection,
  textRequest,
} from '../support/sidecars.js';
import { supervising } from '../support/supervisors.js';

const LOAD = { modelId: 'm', path: '/m' };
const DIES_AT_STATS: FakeScript = {
  faults: [{ when: { request: 'stats' }, action: { type: 'signal', signal: 'SIGKILL' } }],
};

function killCurrent(supervisor: Supervisor): number {
  const pid = supervisor.sidecar?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  return pid;
}

function restarted(supervisor: Supervisor): Promise<unknown> {
  return nextEvent((listener) => supervisor.once('restart', listener));
}

describe('a supervised sidecar', () => {
  test('is replaced after SIGKILL, with its model loaded before it is announced ready', async () => {
    const loads: boolean[] = [];
    const supervisor = supervising([{}], {
      onStart: async (sidecar, { recovering }) => {
        await sidecar.request('load', LOAD);
        loads.push(recovering);
      },
    });
    const states: string[] = [];
    supervisor.on('state', (state) => states.push(state));
    await supervisor.start();
    const restart = restarted(supervisor);
    const first = killCurrent(supervisor);
    expect(await restart).toMatchObject([{ reason: 'signal', attempt: 1 }]);
    const sidecar = await supervisor.ready();
    expect(sidecar.pid).not.toBe(first);
    expect(loads).toEqual([false, true]);
    expect(states).toEqual(['starting', 'ready', 'restarting', 'starting', 'ready']);
    expect(await collect(sidecar.generate(textRequest('a', 5)))).toHaveLength(5);
    expect(supervisor.stats()).toMatchObject({
      restarts: 1,
      restartReasons: { signal: 1, heartbeat: 0 },
      crashes: { signal: 1 },
    });
    expect(processesInGroup(first)).toEqual([]);
  });

  test('keeps a spare that takes over', async () => {
    const supervisor = supervising([{}], { spare: true, spareDelayMs: 0 });
    await supervisor.start();
    await expect.poll(() => supervisor.stats().spare).toBe(true);
    killCurrent(supervisor);
    await restarted(supervisor);
    const sidecar = await supervisor.ready();
    expect((await sidecar.request('stats', {})).uptimeMs).toBeGreaterThan(0);
    await expect.poll(() => supervisor.stats().spare).toBe(true);
  });

  test('that stops leaves its spare to the next one that starts', async () => {
    await using pool = new SparePool();
    const first = supervising([{}], { spare: true, spareDelayMs: 0, pool });
    await first.start();
    await expect.poll(() => first.stats().spare).toBe(true);
    await first.stop();
    let fresh = 0;
    const second = supervising([{}], {
      pool,
      createSidecar: (options) => {
        fresh += 1;
        return new Sidecar(options);
      },
    });
    await second.start();
    expect(fresh).toBe(0);
    expect(await collect((await second.ready()).generate(textRequest('a', 5)))).toHaveLength(5);
    killCurrent(second);
    await restarted(second);
    await second.ready();
    expect(fresh).toBe(1);
  });

  test('leaves descriptors and processes as they were, crash after crash under 32 streams', async () => {
    const supervisor = supervising([{ generation: { stepMs: 5 } }], { maxRestarts: 10 });
    await supervisor.start();
    const before = openDescriptors();
    for (let round = 0; round < 5; round += 1) {
      const sidecar = await supervisor.ready();
      const streams = Array.from({ length: 32 }, (_, index) =>
        sidecar.generate(textRequest(`s${index}`, 100_000)),
      );
      await Promise.all(streams.map((stream) => stream.next()));
      const restart = restarted(supervisor);
      const group = killCurrent(supervisor);
      const errors = await Promise.all(streams.map((stream) => rejection(collect(stream))));
      for (const error of errors) expect(error).toMatchObject({ code: 'SidecarCrashed' });
      await restart;
      expect(processesInGroup(group)).toEqual([]);
    }
    await supervisor.ready();
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test('a crash loop ends in failed, and reset tries again', async () => {
    const supervisor = supervising([DIES_AT_STATS, DIES_AT_STATS, DIES_AT_STATS, {}], {
      maxRestarts: 2,
      onStart: async (sidecar, { recovering }) => {
        if (recovering) await sidecar.request('stats', {});
      },
    });
    await supervisor.start();
    const failed = nextEvent((listener: (state: string) => void) =>
      supervisor.on('state', (state) => state === 'failed' && listener(state)),
    );
    killCurrent(supervisor);
    await failed;
    expect(await rejection(supervisor.ready())).toMatchObject({
      code: 'SidecarCrashed',
      retryable: false,
      details: { type: 'restart_budget_exhausted', restarts: 2 },
      cause: { code: 'SidecarCrashed', cause: { signal: 'SIGKILL' } },
    });
    expect(supervisor.stats()).toMatchObject({
      restarts: 2,
      restartReasons: { signal: 2 },
      crashes: { signal: 3 },
    });
    await supervisor.reset();
    expect(supervisor.state).toBe('ready');
  });

  test('a first process that dies while loading rejects the start once, without a retry', async () => {
    let loads = 0;
    const dies: FakeScript = {
      faults: [{ when: { request: 'load' }, action: { type: 'exit', code: 9 } }],
    };
    const supervisor = supervising([dies, {}], {
      onStart: async (sidecar) => {
        loads += 1;
        await sidecar.request('load', LOAD);
      },
    });
    expect(await rejection(supervisor.start())).toMatchObject({
      code: 'SidecarCrashed',
      cause: { exitCode: 9 },
    });
    expect(supervisor).toMatchObject({ state: 'failed', sidecar: undefined });
    expect(loads).toBe(1);
  });

  test('a start hook that fails without a crash gives its own error and leaves no process', async () => {
    const sidecars: Sidecar[] = [];
    const supervisor = supervising([{}], {
      onStart: (sidecar) => {
        sidecars.push(sidecar);
        throw new Error('no such model');
      },
    });
    expect(await rejection(supervisor.start())).toEqual(new Error('no such model'));
    expect(supervisor.failure).toEqual(new Error('no such model'));
    expect(supervisor.stats().crashes).toMatchObject({ 'start-hook': 1 });
    expect(processesInGroup(sidecars[0]?.pid ?? 0)).toEqual([]);
  });

  test('the start hook is told when its process dies', async () => {
    let reason: unknown;
    const supervisor = supervising([{}], {
      onStart: async (sidecar, { signal }) => {
        process.kill(sidecar.pid ?? 0, 'SIGKILL');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        reason = signal.reason;
      },
    });
    expect(await rejection(supervisor.start())).toMatchObject({ code: 'SidecarCrashed' });
    expect(reason).toMatchObject({ code: 'SidecarCrashed' });
  });

  test('a hung process is replaced', async () => {
    const hangs: FakeScript = { faults: [{ when: { afterMs: 50 }, action: { type: 'hang' } }] };
    const supervisor = supervising([hangs, {}], {
      sidecar: { heartbeatIntervalMs: 50, heartbeatTimeoutMs: 150 },
    });
    await supervisor.start();
    await restarted(supervisor);
    await supervisor.ready();
    expect(supervisor.stats().crashes).toMatchObject({ heartbeat: 1 });
  });

  test('a signal ends the wait for a process, before or while it lasts', async () => {
    const supervisor = supervising([{}], { restartDelayBaseMs: 60_000, restartDelayMaxMs: 60_000 });
    await supervisor.start();
    killCurrent(supervisor);
    await restarted(supervisor);
    const aborted = { name: 'AbortError', code: 'Cancelled' };
    expect(await rejection(supervisor.ready(AbortSignal.abort()))).toMatchObject(aborted);
    const controller = new AbortController();
    const waiting = rejection(supervisor.request('stats', {}, { signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject(aborted);
  });

  test('an exit during the back-off followed by a stop respawns nothing', async () => {
    const supervisor = supervising([{}], { restartDelayBaseMs: 60_000, restartDelayMaxMs: 60_000 });
    await supervisor.start();
    killCurrent(supervisor);
    await restarted(supervisor);
    const waiting = rejection(supervisor.ready());
    await supervisor.stop();
    expect(await waiting).toMatchObject({ code: 'Cancelled' });
    expect(supervisor).toMatchObject({ state: 'stopped', sidecar: undefined });
    expect(await rejection(supervisor.request('stats', {}))).toMatchObject({
      details: { state: 'stopped' },
    });
  });

  test('a forced second stop does not wait for the first', async () => {
    const supervisor = supervising([{ ignoreShutdown: true, ignoreSigterm: true }], {
      sidecar: { shutdownTimeoutMs: 60_000, killTimeoutMs: 60_000 },
    });
    await supervisor.start();
    const group = supervisor.sidecar?.pid ?? 0;
    const patient = supervisor.stop();
    await supervisor.stop({ force: true });
    await patient;
    expect(processesInGroup(group)).toEqual([]);
  });

  test('a stop takes back a start that waits for an earlier stop', async () => {
    const supervisor = supervising([{}]);
    await supervisor.start();
    const first = supervisor.stop();
    const start = rejection(supervisor.start());
    await Promise.all([first, supervisor.stop()]);
    expect(await start).toMatchObject({ code: 'Cancelled' });
    expect(supervisor.state).toBe('stopped');
  });

  test('can be started again after a stop', async () => {
    const supervisor = supervising([{}]);
    await supervisor.start();
    await Promise.all([supervisor.stop(), supervisor.start()]);
    expect(supervisor.state).toBe('ready');
  });

  test('counts what went over the connections of all its processes', async () => {
    const supervisor = supervising([{}]);
    await supervisor.start();
    const first = await supervisor.ready();
    await collect(first.generate(textRequest('a', 5)));
    const restart = restarted(supervisor);
    killCurrent(supervisor);
    await restart;
    const second = await supervisor.ready();
    await collect(second.generate(textRequest('a', 7)));
    expect(supervisor.stats()).toMatchObject({
      sidecar: { tokens: 7 },
      connections: { tokens: 12 },
    });
    await supervisor.stop();
    expect(supervisor.stats().connections.tokens).toBe(12);
  });

  test('passes on what every process in turn says', async () => {
    const supervisor = supervising([{ startupStderr: 'hello\n' }]);
    const heard = { stderr: 0, progress: 0, exit: 0 };
    supervisor.on('stderr', () => (heard.stderr += 1));
    supervisor.on('progress', () => (heard.progress += 1));
    supervisor.on('exit', () => (heard.exit += 1));
    await supervisor.start();
    await supervisor.request('load', LOAD);
    killCurrent(supervisor);
    await restarted(supervisor);
    await supervisor.ready();
    await supervisor.request('load', LOAD);
    await supervisor.stop();
    expect(heard).toEqual({ stderr: 2, progress: 2, exit: 2 });
  });

  test('await using stops it', async () => {
    let group = 0;
    {
      await using supervisor = supervising([{}]);
      await supervisor.start();
      group = supervisor.sidecar?.pid ?? 0;
    }
    expect(processesInGroup(group)).toEqual([]);
  });
});
