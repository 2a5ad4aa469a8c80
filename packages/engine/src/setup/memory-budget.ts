import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';
import { detectBackend } from './backend.js';
import { cudaMemory } from './cuda-memory.js';

/** The rest is for everything else that runs here. */
const SHARE = 0.8;

/** Bytes that all models together may take where the configuration does not say. */
export function defaultMemoryBudget(variables: NodeJS.ProcessEnv): number {
  return Math.floor(modelMemory(variables) * SHARE);
}

/** Bytes of the memory that models are in: a CUDA device's own, else the machine's. */
export function modelMemory(variables: NodeJS.ProcessEnv): number {
  const isCuda = backendOf(variables) === 'cuda13';
  return (isCuda ? cudaMemory(variables) : undefined) ?? machineMemory();
}

/** Bytes of memory that this process may use: a container's limit where there is one. */
function machineMemory(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}

/** Undefined on machines where no model can run: the set-up says so, and why. */
function backendOf(variables: NodeJS.ProcessEnv) {
  try {
    return detectBackend(variables);
  } catch {
    return undefined;
  }
}
