import type { RuntimeConfig } from '@mlx/schemas/config';
import type { Backend } from '../setup/backend.js';
import type { Ranks } from '../setup/model/memory-need.js';

/**
 * The ranks of a model, and how many of them share the memory that is planned: a CUDA device's own
 * is one rank's, and so is a machine's where a hostfile spreads them over several.
 */
export function ranksHere(
  { ranks, hosts }: RuntimeConfig['model']['parallel'],
  backend: Backend,
): Ranks {
  const shared = hosts === '' && backend !== 'cuda13';
  return { count: ranks, here: shared ? ranks : 1 };
}
