import { EngineClientError } from '@mlx/schemas';
import { expect } from 'vitest';
import { Supervisor } from '../../src/index.js';
import type { Sidecar } from '../../src/index.js';
import { nextState } from '../../src/supervisor/state-table.js';
import type { SupervisorEvent, SupervisorState } from '../../src/supervisor/state-table.js';
import { ControlledSidecar } from '../support/controlled-sidecar.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';
import { deferred } from '../support/deferred.js';
import type { Deferred } from '../support/deferred.js';

export const MAX_RESTARTS = 2;
export const WINDOW_MS = 10_000;
export const DELAY_MS = 100;

/** What ought to be so. */
export interface Model {
  state: SupervisorState;
  /** Where a start is: at the handshake, or in the start hook. */
  phase: 'none' | 'handshake' | 'hook';
  recovering: boolean;
  restarts: number[];
  now: number;
  /** When the back-off ends. */
  retryAt: number;
}

export const initialModel = (): Model => ({
  state: 'stopped',
  phase: 'none',
  recovering: false,
  restarts: [],
  now: 0,
  retryAt: 0,
});

/** What is so: a real supervisor over processes that do as they are told. */
export class Real {
  readonly clock = new VirtualClock();
  readonly processes: ControlledSidecar[] = [];
  readonly supervisor: Supervisor;
  hook: Deferred | undefined;
  /** Calls that wait; each has to settle once the state has. */
  unsettled = 0;

  constructor() {
    this.supervisor = new Supervisor({
      sidecar: { command: 'none', clock: this.clock },
      maxRestarts: MAX_RESTARTS,
      restartWindowMs: WINDOW_MS,
      restartDelayBaseMs: DELAY_MS,
      restartDelayMaxMs: DELAY_MS,
      spareDelayMs: 50,
      random: () => 0,
      createSidecar: () => this.#create(),
      onStart: () => {
        this.hook = deferred();
        return this.hook.promise;
      },
    });
    this.supervisor.on('state', (state, previous) => {
      const events: SupervisorEvent[] = [
        'start',
        'started',
        'crashed',
        'backedOff',
        'gaveUp',
        'reset',
        'stop',
      ];
      expect(events.some((event) => nextState(previous, event) === state)).toBe(true);
    });
  }

  get current(): ControlledSidecar | undefined {
    return this.processes.findLast(
      (process) => process.alive && (process.shaking || process.state === 'ready'),
    );
  }

  get alive(): number {
    return this.processes.filter((process) => process.alive).length;
  }

  watch(promise: Promise<unknown>): void {
    this.unsettled += 1;
    const settled = () => {
      this.unsettled -= 1;
    };
    promise.then(settled, settled);
  }

  async check(model: Model): Promise<void> {
    await settle();
    expect(this.supervisor.state).toBe(model.state);
    const down = model.state === 'stopped' || model.state === 'failed';
    if (down)
      expect({ alive: this.alive, unsettled: this.unsettled }).toEqual({ alive: 0, unsettled: 0 });
    if (down) expect(this.clock.pendingTimers).toBe(0);
    // One at work, one spare.
    expect(this.alive).toBeLessThanOrEqual(2);
    if (model.state === 'ready') expect(this.unsettled).toBe(0);
  }

  #create(): Sidecar {
    const process = new ControlledSidecar();
    this.processes.push(process);
    return process as unknown as Sidecar;
  }
}

export const permanentError = new EngineClientError('ModelLoadError', 'not a model');
export const passingError = new EngineClientError('Overloaded', 'no memory just now');
