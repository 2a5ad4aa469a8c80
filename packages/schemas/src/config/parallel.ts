import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { integerOr } from '../common/ranges.js';
import { NoText } from '../common/shared.js';

/** One model over several devices, each with a process (rank) of its own. */
export const ParallelSchema = strictObject({
  /** How many devices share each model; 1: it is on one. */
  ranks: integerOr(1, 64, 1),
  /** How the processes talk to each other through MLX; `auto`: NCCL on CUDA, else a ring. */
  backend: z.enum(['auto', 'ring', 'nccl', 'jaccl']).default('auto'),
  /** Path of a hostfile of MLX, this machine first; empty: all ranks are on this machine. */
  hosts: NoText,
});
