import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './paths.mjs';

const skipped = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.turbo',
  '__pycache__',
  'python-runtime',
]);

/** One hash over the contents of some files; a missing one counts as empty. */
export function hashContents(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`\0${path}\0`);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** One hash over names, sizes and times of all files below some folders: fast, no reading. */
export function hashTree(folders) {
  const hash = createHash('sha256');
  for (const path of folders.flatMap((folder) => filesBelow(folder))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The workspace's package.json files, with the root's. */
export function manifests() {
  return [root, ...workspaceFolders()].map((folder) => join(folder, 'package.json'));
}

/** The folders of packages and apps. */
export function workspaceFolders() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, parent, entry.name))
      .filter((folder) => existsSync(join(folder, 'package.json'))),
  );
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
