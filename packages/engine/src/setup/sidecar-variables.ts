import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { version } from '../version.js';
import type { Backend } from './backend.js';
import type { SetupContext } from './context.js';

/** What the sidecar's process needs beside the variables it inherits. */
export function sidecarVariables(
  { runtime, variables }: SetupContext,
  backend: Backend,
  blasLibrary: string | undefined,
): Record<string, string> {
  return {
    PYTHONPATH: join(runtime, 'src'),
    PYTHONNOUSERSITE: '1',
    PYTHONUTF8: '1',
    // Models are local directories by then: nothing may ask the network for more.
    HF_HUB_OFFLINE: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    TRANSFORMERS_NO_ADVISORY_WARNINGS: '1',
    TOKENIZERS_PARALLELISM: 'false',
    ...(backend === 'cpu' ? cpuVariables(variables, blasLibrary) : {}),
  };
}

/**
 * Where MLX and the sidecar keep kernels that they compiled for the card: beside the packages
 * that they were compiled by, so that the next process starts with them.
 */
export function kernelVariables(
  { variables }: Pick<SetupContext, 'variables'>,
  backend: Backend,
  root: string,
): Record<string, string> {
  if (backend !== 'cuda13') return {};
  return { MLX_PTX_CACHE_DIR: variables['MLX_PTX_CACHE_DIR'] || join(root, 'kernels') };
}

/**
 * Where Python keeps the modules that it compiled: half of a start is spent compiling them anew
 * where packages lie in a folder that nobody may write to, or their bytecode is not wanted beside
 * them. By version, as npm gives all files of all versions one date.
 */
export function bytecodeVariables(
  { variables }: Pick<SetupContext, 'variables'>,
  root: string,
): Record<string, string> {
  if (variables['PYTHONPYCACHEPREFIX'] || !isWritable(root)) return {};
  return {
    PYTHONPYCACHEPREFIX: join(root, 'bytecode', version),
    PYTHONDONTWRITEBYTECODE: '',
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function cpuVariables(variables: NodeJS.ProcessEnv, library: string | undefined) {
  const preload = [library, variables['LD_PRELOAD']].filter(Boolean).join(':');
  return {
    // Compiling kernels at run time calls a C++ compiler and gains nothing there.
    MLX_DISABLE_COMPILE: '1',
    OPENBLAS_NUM_THREADS: variables['OPENBLAS_NUM_THREADS'] || String(availableParallelism()),
    // 2 to the power of this: cycles for which threads without work spin before they sleep. With
    // OpenBLAS's own 26 they keep a core from whatever else computes for some 20 ms.
    OPENBLAS_THREAD_TIMEOUT: variables['OPENBLAS_THREAD_TIMEOUT'] || '14',
    ...(preload && { LD_PRELOAD: preload }),
  };
}
