import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stampFolder } from './paths.mjs';

/** Whether a step last finished on the same input. */
export function isCurrent(step, fingerprint) {
  try {
    return readFileSync(join(stampFolder, step), 'utf8') === fingerprint;
  } catch {
    return false;
  }
}

export function remember(step, fingerprint) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(join(stampFolder, step), fingerprint);
}
