import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expandHome } from './expand-home.js';
import { setupCancelled } from './errors.js';
import type { OnSetupProgress } from './progress.js';
import { findRuntimeFiles } from './runtime-files.js';

export interface SetupOptions {
  readonly onProgress?: OnSetupProgress;
  readonly signal?: AbortSignal;
  /** Environment variables to read instead of the process's own. */
  readonly variables?: NodeJS.ProcessEnv;
  /** Folder of the sidecar's sources and requirements instead of the package's own. */
  readonly runtime?: string;
  /** Where fetched models are kept, instead of `models` under MLX_SERVE_HOME. */
  readonly modelsFolder?: string;
  /** Build again even where a complete result is there. */
  readonly force?: boolean;
  /** Also what reads images. */
  readonly vision?: boolean;
}

/** The options of every set-up function, normalised once. */
export interface SetupContext {
  /** Where everything is kept: MLX_SERVE_HOME. */
  readonly home: string;
  readonly modelsFolder: string;
  /** The folder that holds the sidecar's sources and requirements. */
  readonly runtime: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly onProgress: OnSetupProgress;
  readonly signal: AbortSignal | undefined;
  readonly force: boolean;
  readonly vision: boolean;
}

export function setupContext(options: SetupOptions = {}): SetupContext {
  const variables = options.variables ?? process.env;
  const home = resolve(variables['MLX_SERVE_HOME'] || join(homedir(), '.cache', 'mlx-serve'));
  return {
    home,
    modelsFolder: resolve(expandHome(options.modelsFolder || join(home, 'models'))),
    runtime: options.runtime ?? findRuntimeFiles(),
    variables,
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal,
    force: options.force ?? false,
    vision: options.vision ?? false,
  };
}

export function throwIfCancelled({ signal }: Pick<SetupContext, 'signal'>): void {
  if (signal?.aborted) throw setupCancelled(signal);
}
