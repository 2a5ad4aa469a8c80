import { EngineClientError } from '@mlx/schemas';

/** The bridge's word for the same. */
const SLOW_CONSUMER = 'slow_consumer';

/** What a running generation lets its keeper see and do. */
export interface ActiveRun {
  readonly streamId: string;
  /** How long its consumer has taken nothing; 0 while it waits for more. */
  readonly idleMs: number;
  /** Hands out what is being gathered. */
  flush(): void;
  abort(reason: EngineClientError): void;
}

export interface ActiveRunsOptions {
  /** How often consumers are looked at. */
  readonly sweepIntervalMs: number;
  /** A consumer that takes nothing for so long loses its stream. */
  readonly maxIdleMs: number;
}

/** The generations under way. Ends those whose consumer forgot them, so that they give back their place. */
export class ActiveRuns {
  readonly #options: ActiveRunsOptions;
  readonly #runs = new Set<ActiveRun>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ActiveRunsOptions) {
    this.#options = options;
  }

  /** Returns the function that takes the run out again. */
  add(run: ActiveRun): () => void {
    this.#runs.add(run);
    this.#timer ??= setInterval(() => this.#sweep(), this.#options.sweepIntervalMs).unref();
    return () => {
      this.#runs.delete(run);
      if (this.#runs.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  flush(): void {
    for (const run of this.#runs) run.flush();
  }

  #sweep(): void {
    for (const run of this.#runs) {
      if (run.idleMs > this.#options.maxIdleMs) run.abort(forgotten(run));
    }
  }
}

/** Dropped here, or by the connection when the process had no more credit. */
export function isSlowConsumer(error: EngineClientError | undefined): boolean {
  return (error?.details as { type?: unknown } | undefined)?.type === SLOW_CONSUMER;
}

function forgotten({ streamId, idleMs }: ActiveRun): EngineClientError {
  return new EngineClientError(
    'Timeout',
    `Stream '${streamId}' was dropped: its consumer took nothing for ${Math.round(idleMs)} ms`,
    { retryable: false, details: { type: SLOW_CONSUMER, streamId, idleMs } },
  );
}
