import { existsSync, readdirSync, statSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

const GIB = 1024 ** 3;
/** Without a GPU weights are turned into float32: at most eight times the size of 4-bit ones. */
const LARGEST_GROWTH = 8;

/** Whether a model's weights can be held; says how much memory there is. */
export function checkMemory(modelDirectory: string | undefined): string {
  const total = `${gib(totalmem())} in all, ${gib(freemem())} free`;
  if (modelDirectory === undefined) return total;
  const weights = weightBytes(modelDirectory);
  if (weights > totalmem()) {
    throw new Error(
      `The model's weights take ${gib(weights)}, this machine has ${gib(totalmem())}. Choose a smaller model, or one with fewer bits.`,
    );
  }
  const note = weights * LARGEST_GROWTH > totalmem() ? ', which may not be enough on a CPU' : '';
  return `${total}; the model's files hold ${gib(weights)}${note}`;
}

function weightBytes(directory: string): number {
  if (!existsSync(directory)) return 0;
  return readdirSync(directory)
    .filter((name) => name.endsWith('.safetensors'))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
