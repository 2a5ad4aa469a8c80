import { describe, expect, test } from 'vitest';
import {
  openDescriptors,
  processesInGroup,
  rejection,
  sidecarPlaying,
  startedSidecar,
  textRequest,
} from '../support/sidecars.js';

describe('stop', () => {
  test('asks first, and needs no signal when the sidecar leaves', async () => {
    const sidecar = await startedSidecar();
    expect(await sidecar.stop()).toMatchObject({
      reason: 'stopped',
      exitCode: 0,
      signal: null,
      kills: expect.not.arrayContaining(['SIGTERM']),
    });
    expect(sidecar.state).toBe('exited');
  });

  test('ends what is under way with a typed error', async () => {
    const sidecar = await startedSidecar({ generation: { stepMs: 2 } });
    const stream = sidecar.generate(textRequest('a', 100_000));
    await stream.next();
    await stream.next();
    const next = rejection(stream.next().then(() => stream.next()));
    await sidecar.stop();
    expect(await next).toMatchObject({ code: 'Cancelled', details: { type: 'stopped' } });
    expect(await rejection(sidecar.request('stats', {}))).toMatchObject({ code: 'Cancelled' });
  });

  test('escalates to SIGTERM, then SIGKILL, and records each step', async () => {
    const sidecar = await startedSidecar(
      { ignoreShutdown: true, ignoreSigterm: true },
      { shutdownTimeoutMs: 60, killTimeoutMs: 60 },
    );
    const exit = await sidecar.stop();
    expect(exit).toMatchObject({ reason: 'stopped', signal: 'SIGKILL' });
    expect(exit?.kills).toEqual(['shutdown', 'stdin-end', 'SIGTERM', 'SIGKILL']);
    expect(processesInGroup(sidecar.pid ?? 0)).toEqual([]);
  });

  test('a second, forced stop does not wait', async () => {
    const sidecar = await startedSidecar(
      { ignoreShutdown: true, ignoreSigterm: true },
      { shutdownTimeoutMs: 60_000, killTimeoutMs: 60_000 },
    );
    const patient = sidecar.stop();
    const forced = sidecar.stop({ force: true });
    expect((await forced)?.signal).toBe('SIGKILL');
    expect(await patient).toBe(await forced);
  });

  test('wins over a start under way', async () => {
    const sidecar = sidecarPlaying({ startupDelayMs: 60_000 });
    const starting = rejection(sidecar.start());
    await sidecar.stop();
    expect(await starting).toMatchObject({ code: 'Cancelled' });
    expect(processesInGroup(sidecar.pid ?? 0)).toEqual([]);
  });

  test('does nothing to a sidecar that never started, or that is gone', async () => {
    const unstarted = sidecarPlaying({});
    expect(await unstarted.stop()).toBeUndefined();
    expect(unstarted.state).toBe('exited');
    const gone = await startedSidecar();
    process.kill(gone.pid ?? 0, 'SIGKILL');
    await new Promise((resolve) => gone.once('exit', resolve));
    expect(await gone.stop()).toMatchObject({ reason: 'signal', signal: 'SIGKILL', kills: [] });
  });

  test('await using ends the process', async () => {
    let group = 0;
    {
      await using sidecar = sidecarPlaying({});
      await sidecar.start();
      group = sidecar.pid ?? 0;
      expect(processesInGroup(group)).toEqual([group]);
    }
    expect(processesInGroup(group)).toEqual([]);
  });

  test('leaves no descriptor behind, however the process ended', async () => {
    const before = openDescriptors();
    for (const script of [{}, { exitAtStart: 1 }, { protocolVersion: 9 }]) {
      const sidecar = sidecarPlaying(script);
      await sidecar.start().catch(() => {});
      await sidecar.stop();
    }
    await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
  });
});
