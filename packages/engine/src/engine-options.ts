import type { RuntimeConfigInput } from '@mlx/schemas/config';
import type { FleetOptionsInput } from '@mlx/schemas/fleet';
import type { WireLog } from '@mlx/schemas/wire';
import type { Runner } from './runner/runner.js';

/** A line of the Python side: what it logs, and what libraries write to its output. */
export interface RuntimeLog extends WireLog {
  readonly model: string;
}

export interface EngineOptions {
  /** What `loadConfig()` of `@mlx/config` returned, or any part of it; the rest has defaults. */
  readonly config?: RuntimeConfigInput;
  /** Told what the Python processes log, down to `logging.level`; without it nothing is logged. */
  readonly onLog?: (log: RuntimeLog) => void;
  /**
   * When Python is not set up: `first-use` does it with the first model that is
   * loaded, told by its `onProgress`; `never` rejects and says what to run.
   */
  readonly setup?: 'first-use' | 'never';
  /**
   * Runs models on the workers of a fleet instead of here: the address of a NATS server, such as
   * `nats://host:4222`, or the options of the connection. Needs the packages
   * `@nats-io/transport-node` and `@nats-io/services`.
   */
  readonly fleet?: string | FleetOptionsInput;
  /** Where models come from and what runs them. Default: Python processes; tests bring their own. */
  readonly runner?: Runner;
}
