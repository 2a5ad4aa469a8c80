import type { RuntimeConfigInput } from '@mlx/schemas/config';
import type { Runner } from './runner/runner.js';

export interface EngineOptions {
  /** What `loadConfig()` of `@mlx/config` returned, or any part of it; the rest has defaults. */
  readonly config?: RuntimeConfigInput;
  /** Where models come from and what runs them. Default: Python processes; tests bring their own. */
  readonly runner?: Runner;
}
