import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolVariables } from './run.mjs';

/** Give whatever runs meanwhile a folder for temporary files of its own, gone afterwards. */
export async function withTemporaryFolder(work) {
  // A short name: paths of sockets have to fit into about a hundred bytes.
  const folder = await mkdtemp(join(tmpdir(), 'mlx-'));
  process.env.TMPDIR = toolVariables.TMPDIR = folder;
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
