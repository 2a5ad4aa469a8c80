import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelError } from '../errors.js';

const pointer = 'version https://git-lfs';

export async function readJson(directory: string, name: string): Promise<Record<string, unknown>> {
  const path = join(directory, name);
  await refusePointer(path);
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw new TypeError('not an object');
  } catch (error) {
    throw modelError(
      'model-incomplete',
      `${path} is not readable as JSON; fetch the model again`,
      error,
    );
  }
}

/** Git leaves a short text in the place of a large file that was not fetched. */
export async function refusePointer(path: string): Promise<void> {
  if ((await beginning(path)) !== pointer) return;
  throw modelError(
    'model-incomplete',
    `${path} is a pointer of Git LFS and not the file itself: run \`git lfs pull\` in its directory, or fetch the model again`,
  );
}

async function beginning(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pointer.length), 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

export function incompleteError(directory: string, name: string) {
  return modelError(
    'model-incomplete',
    `${directory} is not a complete model: ${name} is missing or empty. Fetch the model again`,
  );
}
