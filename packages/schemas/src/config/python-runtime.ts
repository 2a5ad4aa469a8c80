import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr } from '../common/ranges.js';
import { NoText } from '../common/shared.js';

export const PythonRuntimeConfigSchema = strictObject({
  /** The interpreter; empty: the environment that `mlx-engine setup` made. */
  python_path: NoText,
  /** The directory that holds the `mlx_runtime` package; empty: the one shipped with the engine. */
  runtime_path: NoText,
  max_restarts: integerOr(0, 1000, 5),
  startup_timeout_ms: integerOr(1000, 3_600_000, 60_000),
  shutdown_timeout_ms: integerOr(0, 600_000, 5000),
  init_probe_fallback_ms: integerOr(0, 600_000, 10_000),
  restart_delay_base_ms: integerOr(0, 600_000, 100),
});
export type PythonRuntimeConfig = z.infer<typeof PythonRuntimeConfigSchema>;
