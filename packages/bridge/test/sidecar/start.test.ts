import { describe, expect, test } from 'vitest';
import {
  nextEvent,
  processesInGroup,
  rejection,
  sidecarPlaying,
  startedSidecar,
} from '../support/sidecars.js';

describe('start', () => {
  test('answers with what the sidecar says of itself', async () => {
    const sidecar = sidecarPlaying({});
    const states: string[] = [];
    sidecar.on('state', (state) => states.push(state));
    expect(await sidecar.start()).toMatchObject({ pid: sidecar.pid, runtimeVersion: 'fake' });
    expect(states).toEqual(['starting', 'ready']);
  });

  test('called twice starts one process', async () => {
    const sidecar = sidecarPlaying({});
    const [first, second] = await Promise.all([sidecar.start(), sidecar.start()]);
    expect(second.pid).toBe(first.pid);
  });

  test('names both versions when they differ, and leaves no process', async () => {
    const sidecar = sidecarPlaying({ protocolVersion: 99 });
    const error = await rejection(sidecar.start());
    expect(error).toMatchObject({
      code: 'TransportError',
      retryable: false,
      message: expect.stringMatching(/bridge speaks 1, the sidecar speaks 99/),
      details: { type: 'protocol_version_mismatch' },
    });
    expect(sidecar.exit?.reason).toBe('handshake');
    expect(processesInGroup(sidecar.pid ?? 0)).toEqual([]);
  });

  test('passes on a refusal by a sidecar that found the mismatch itself', async () => {
    const data = { type: 'protocol_version_mismatch' };
    const message = 'this sidecar speaks version 2, the client 1';
    const sidecar = sidecarPlaying({
      faults: [
        { when: { request: 'initialize' }, action: { type: 'error', code: -32600, message, data } },
      ],
    });
    expect(await rejection(sidecar.start())).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
  });

  test('refuses an answer of the right version and the wrong shape', async () => {
    const answer = { type: 'answer', result: { protocolVersion: 1, pid: 'me' } } as const;
    const sidecar = sidecarPlaying({
      faults: [{ when: { request: 'initialize' }, action: answer }],
    });
    expect(await rejection(sidecar.start())).toMatchObject({
      code: 'TransportError',
      message: expect.stringContaining("Malformed answer to 'initialize'"),
    });
  });

  test.each([
    [{ command: '/nowhere/python3' }, 'no such file'],
    [{ command: import.meta.filename }, 'permission denied'],
    [{ cwd: '/nowhere' }, 'no such file'],
    [{ command: 'null\0byte' }, 'null bytes'],
  ])('says in one line why %j cannot be started', async (options, reason) => {
    const sidecar = sidecarPlaying({}, options);
    expect(await rejection(sidecar.start())).toMatchObject({
      code: 'RuntimeError',
      retryable: false,
      message: expect.stringContaining(reason),
    });
    expect(sidecar.state).toBe('exited');
    expect(sidecar.exit?.reason).toBe('spawn');
  });

  test('a process that ends first is quoted with its last words', async () => {
    const startupStderr = 'Traceback:\nModuleNotFoundError: No module named mlx\n';
    const sidecar = sidecarPlaying({ startupStderr, exitAtStart: 3 });
    expect(await rejection(sidecar.start())).toMatchObject({
      code: 'SidecarCrashed',
      message:
        'The sidecar exited with code 3 before it was ready: ' +
        'ModuleNotFoundError: No module named mlx',
      cause: { exitCode: 3, stderrTail: startupStderr },
    });
  });

  test('a process that stays silent is killed after the startup timeout', async () => {
    const sidecar = sidecarPlaying({ startupDelayMs: 60_000 }, { startupTimeoutMs: 100 });
    expect(await rejection(sidecar.start())).toMatchObject({
      cause: { reason: 'startup-timeout' },
    });
    expect(processesInGroup(sidecar.pid ?? 0)).toEqual([]);
  });

  test('takes no calls before it is ready', async () => {
    const sidecar = sidecarPlaying({});
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({
      code: 'TransportError',
      details: { state: 'new' },
    });
  });

  test('a launched process waits, and start() only shakes hands with it', async () => {
    const sidecar = sidecarPlaying({});
    sidecar.launch();
    const { pid } = sidecar;
    expect(sidecar.state).toBe('starting');
    expect((await sidecar.start()).pid).toBe(pid);
  });
});

describe('load', () => {
  const load = { modelId: 'm', path: '/m' };

  test('is extended by its progress beyond its timeout', async () => {
    const sidecar = await startedSidecar(
      { load: { steps: 12, stepMs: 60 } },
      { loadTimeoutMs: 500 },
    );
    const seen: number[] = [];
    sidecar.on('progress', ({ done }) => seen.push(done));
    expect(await sidecar.request('load', load)).toMatchObject({ modelId: 'm' });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('times out when it makes no progress', async () => {
    const sidecar = await startedSidecar(
      { load: { steps: 1, stepMs: 5000 } },
      { loadTimeoutMs: 60 },
    );
    expect(await rejection(sidecar.request('load', load))).toMatchObject({
      code: 'Timeout',
      details: { method: 'load' },
    });
  });

  test('rejects once when the process dies under it', async () => {
    const sidecar = await startedSidecar({
      faults: [{ when: { request: 'load' }, action: { type: 'signal', signal: 'SIGKILL' } }],
    });
    const exited = nextEvent((listener) => sidecar.once('exit', listener));
    expect(await rejection(sidecar.request('load', load))).toMatchObject({
      code: 'SidecarCrashed',
    });
    await exited;
    expect(sidecar.state).toBe('exited');
  });
});
