import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeScript } from '@mlx/bridge/testing';
import { onTestFinished } from 'vitest';
import { Supervisor } from '../../src/index.js';
import type { SidecarOptions, SupervisorOptions } from '../../src/index.js';

interface Overrides extends Omit<SupervisorOptions, 'sidecar'> {
  sidecar?: Partial<SidecarOptions>;
}

/** Supervises a sidecar whose lives play these scripts; gone when the test is over. */
export function supervising(scripts: FakeScript[], overrides: Overrides = {}): Supervisor {
  const fake = fakeSidecar(...scripts);
  const supervisor = new Supervisor({
    spare: false,
    restartDelayBaseMs: 10,
    ...overrides,
    sidecar: { ...fake, ...overrides.sidecar },
  });
  onTestFinished(async () => {
    await supervisor.stop({ force: true });
    fake[Symbol.dispose]();
  });
  return supervisor;
}
