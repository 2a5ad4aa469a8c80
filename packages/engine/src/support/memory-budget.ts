import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';

/** The rest is for everything else that runs here. */
const SHARE = 0.8;

/** Bytes that all models together may take where the configuration does not say. */
export function defaultMemoryBudget(): number {
  return Math.floor(machineMemory() * SHARE);
}

/** Bytes of memory that this process may use: a container's limit where there is one. */
export function machineMemory(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}
