import { glob, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { root } from '../lib/paths.mjs';
import { pnpmCommand } from '../lib/pnpm.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} tarball
 * @property {Record<string, any>} manifest The package.json of the working tree.
 */

/**
 * Packs every package that is not private, as `pnpm publish` would.
 *
 * @param {string} destination
 * @returns {Promise<PackedPackage[]>}
 */
export async function packAll(destination) {
  await mkdir(destination, { recursive: true });
  const packages = [];
  for await (const path of glob('packages/*/package.json', { cwd: root })) {
    const manifest = JSON.parse(await readFile(join(root, path), 'utf8'));
    if (manifest.private) continue;
    const [command, ...args] = pnpmCommand('pack', '--json', '--pack-destination', destination);
    const output = await run(command, args, { cwd: join(root, dirname(path)) });
    const { filename } = JSON.parse(output.slice(output.indexOf('{')));
    packages.push({ name: manifest.name, tarball: resolve(destination, filename), manifest });
  }
  return packages;
}
