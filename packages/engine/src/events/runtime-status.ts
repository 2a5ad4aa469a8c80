import type { ModelState, RuntimeStatusEvent } from '@mlx/schemas';
import type { EngineEmitter } from './engine-emitter.js';

export type RuntimeStatus = RuntimeStatusEvent['status'];

/** The engine's state as one word, announced whenever it changes. */
export class RuntimeStatusTracker {
  readonly #events: EngineEmitter;
  #status: RuntimeStatus = 'stopped';

  constructor(events: EngineEmitter) {
    this.#events = events;
  }

  get status(): RuntimeStatus {
    return this.#status;
  }

  /** From the states of all models. */
  update(states: readonly ModelState[]): void {
    this.set(overall(states));
  }

  set(status: RuntimeStatus): void {
    const previousStatus = this.#status;
    if (status === previousStatus) return;
    this.#status = status;
    this.#events.announce('runtime:status', { status, previousStatus });
  }
}

/** A model that failed needs attention, whatever the others do; else one that serves makes the engine ready. */
function overall(states: readonly ModelState[]): RuntimeStatus {
  if (states.includes('failed')) return 'error';
  if (states.includes('ready')) return 'ready';
  return states.includes('loading') ? 'starting' : 'stopped';
}
