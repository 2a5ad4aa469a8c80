import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentPython } from './installer.js';

const fileName = 'environment.json';

/** Written last into a complete environment; one without it is a leftover. */
export interface EnvironmentStamp {
  /** Hash of the spec it was built from. */
  readonly hash: string;
  /** Version of its Python, such as '3.11.7'. */
  readonly version: string;
  /** The interpreter it was made with. */
  readonly base: string;
  /** MLX_PYTHON when it was made. */
  readonly requested: string | null;
  readonly installer: string;
  /** Library to preload, or why there is none. */
  readonly blas: { readonly library: string } | { readonly missing: string } | null;
}

/** The stamp of a complete environment whose interpreter is still there. */
export function readStamp(root: string): EnvironmentStamp | undefined {
  try {
    const stamp = JSON.parse(readFileSync(join(root, fileName), 'utf8')) as EnvironmentStamp;
    return existsSync(environmentPython(root)) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

export function writeStamp(root: string, stamp: EnvironmentStamp): void {
  const aside = join(root, `${fileName}.new`);
  writeFileSync(aside, `${JSON.stringify(stamp, null, 2)}\n`);
  renameSync(aside, join(root, fileName));
}

/** First step of taking an environment apart, so that a half-deleted one is never used. */
export function removeStamp(root: string): void {
  rmSync(join(root, fileName), { force: true });
}
