import { run } from './run.mjs';

/**
 * publint reads the manifest and the files, attw resolves the types as
 * TypeScript's module modes would; `esm-only` because nothing here is CommonJS.
 *
 * @param {readonly import('./pack-all.mjs').PackedPackage[]} packages
 */
export async function lintTarballs(packages) {
  for (const { tarball } of packages) {
    await run('publint', ['run', tarball, '--strict']);
    await run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  }
}
