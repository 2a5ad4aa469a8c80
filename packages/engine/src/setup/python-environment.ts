import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { detectBackend, type Backend } from './backend.js';
import { setupContext, type SetupContext, type SetupOptions } from './context.js';
import { setupError } from './errors.js';
import { environmentSpec, type EnvironmentSpec } from './install/environment-spec.js';
import { readStamp, type EnvironmentStamp } from './install/environment-stamp.js';
import { environmentPython } from './install/installer.js';
import { visionVariables } from './install/vision-packages.js';
import { bytecodeVariables, kernelVariables, sidecarVariables } from './sidecar-variables.js';

/** An environment the sidecar can be started in. */
export interface PythonEnvironment {
  /** Its interpreter: start `<python> -m mlx_runtime`. */
  readonly python: string;
  /** Variables to add to the sidecar's; everything else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly backend: Backend;
  /** The environment's folder. */
  readonly root: string;
  /** Version of Python, such as '3.11.7'. */
  readonly version: string;
  /** False on a CPU where MLX has to make do with its slow reference BLAS. */
  readonly fastBlas: boolean;
  /** True where the packages that read images are installed too. */
  readonly seesImages: boolean;
}

export type ResolveOptions = Pick<SetupOptions, 'runtime' | 'variables'>;

/**
 * The environment that `setupPythonEnvironment` built earlier. Installs and
 * starts nothing; throws an error that says what to run when there is none.
 */
export function resolvePythonEnvironment(options: ResolveOptions = {}): PythonEnvironment {
  const context = setupContext(options);
  const backend = detectBackend(context.variables);
  const found = findEnvironment(environmentSpec(context, backend), context);
  if (found) return found;
  throw setupError(
    'environment-missing',
    `The Python environment for MLX is not set up in ${context.home}. Run \`npx mlx-engine setup\` once`,
  );
}

/** A complete environment with the wanted contents. */
export function findEnvironment(
  spec: EnvironmentSpec,
  context: SetupContext,
): PythonEnvironment | undefined {
  const folder = join(context.home, 'python');
  for (const name of subfolders(folder)) {
    const root = join(folder, name);
    const stamp = readStamp(root);
    if (stamp?.hash === spec.hash && isRequested(stamp, context)) {
      return describe(root, stamp, spec.backend, context);
    }
  }
  return undefined;
}

/** Someone who names a Python does not want an environment made with another. */
function isRequested(stamp: EnvironmentStamp, { variables }: SetupContext): boolean {
  const requested = variables['MLX_PYTHON'];
  return !requested || [stamp.requested, stamp.base].includes(requested);
}

function describe(
  root: string,
  stamp: EnvironmentStamp,
  backend: Backend,
  context: SetupContext,
): PythonEnvironment {
  const vision = visionVariables(root, context);
  const library = stamp.blas && 'library' in stamp.blas ? stamp.blas.library : undefined;
  return {
    python: environmentPython(root),
    env: {
      ...sidecarVariables(context, backend, library),
      ...kernelVariables(context, backend, root),
      ...bytecodeVariables(context, root),
      ...vision,
    },
    backend,
    root,
    version: stamp.version,
    fastBlas: stamp.blas === null || library !== undefined,
    seesImages: 'MLX_RUNTIME_VISION' in vision,
  };
}

/** Newest Python first, so that the choice is stable. */
function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted((first, second) =>
      second.localeCompare(first, 'en', { numeric: true }),
    );
  } catch {
    return [];
  }
}
