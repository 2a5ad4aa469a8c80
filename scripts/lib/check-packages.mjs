import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceFolders } from './fingerprint.mjs';
import { pnpmCommand } from './pnpm.mjs';
import { run } from './run.mjs';

/** Pack every published package and check the tarball as its users' tools read it. */
export async function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'mlx-packages-'));
  try {
    const codes = [];
    for (const cwd of workspaceFolders().filter(isPublished)) codes.push(await check(cwd, folder));
    return codes.find((code) => code !== 0) ?? 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isPublished(folder) {
  return !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private;
}

async function check(cwd, folder) {
  const before = new Set(readdirSync(folder));
  const [command, ...args] = pnpmCommand('pack', '--pack-destination', folder);
  const packed = await run(command, args, { cwd });
  const tarball = readdirSync(folder).find((name) => !before.has(name));
  if (packed !== 0 || tarball === undefined) return packed || 1;
  const path = join(folder, tarball);
  console.log(tarball);
  const published = await run('publint', [path, '--strict']);
  const types = await run('attw', [path, '--profile', 'esm-only', '--format', 'table-flipped']);
  return published || types;
}
