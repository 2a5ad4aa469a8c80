import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProject } from './empty-project.mjs';
import { run } from './run.mjs';

/**
 * Installs all packages into one project and uses them as Node programs do:
 * every entry by `import` and by `require`, every declaration without skipping
 * libraries, every command by its name.
 *
 * @param {string} directory
 * @param {readonly import('./pack-all.mjs').PackedPackage[]} packages
 */
export async function checkNodeProject(directory, packages) {
  await createProject(directory, [
    ...packages.map(({ tarball }) => tarball),
    'zod@4',
    '@types/node@24',
    // The declarations of the AI SDK need it and do not bring it.
    '@types/json-schema@7',
  ]);
  await loadEveryEntry(directory, packages.flatMap(entries));
  await readEveryDeclaration(directory, packages.flatMap(entries));
  for (const { name, manifest } of packages) {
    for (const command of Object.keys(manifest.bin ?? {})) {
      await showsHelp(directory, name, command);
    }
  }
  // The engine starts its sidecar from these files.
  await access(
    join(directory, 'node_modules/@mlx/engine/python-runtime/src/mlx_runtime/__main__.py'),
  );
}

/** @param {import('./pack-all.mjs').PackedPackage} packed */
function entries({ name, manifest }) {
  return Object.keys(manifest.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => join(name, path));
}

/**
 * @param {string} directory
 * @param {readonly string[]} names
 */
async function loadEveryEntry(directory, names) {
  const list = JSON.stringify(names);
  await writeFile(
    join(directory, 'import.mjs'),
    `for (const name of ${list}) {
      if (Object.keys(await import(name)).length === 0) throw new Error(name + ' exports nothing');
    }`,
  );
  await writeFile(
    join(directory, 'require.cjs'),
    `for (const name of ${list}) {
      if (Object.keys(require(name)).length === 0) throw new Error(name + ' exports nothing');
    }`,
  );
  await run(process.execPath, ['import.mjs'], { cwd: directory });
  await run(process.execPath, ['require.cjs'], { cwd: directory });
}

/**
 * @param {string} directory
 * @param {readonly string[]} names
 */
async function readEveryDeclaration(directory, names) {
  const lines = names.map((name, index) => `export * as entry${index} from '${name}';`);
  await writeFile(join(directory, 'declarations.ts'), lines.join('\n'));
  const flags = '--noEmit --strict --target es2023 --module nodenext --types node'.split(' ');
  await run('tsc', [...flags, 'declarations.ts'], { cwd: directory });
}

/**
 * @param {string} directory
 * @param {string} name
 * @param {string} command
 */
async function showsHelp(directory, name, command) {
  const help = await run(join(directory, 'node_modules/.bin', command), ['--help'], {
    cwd: directory,
    // The commands name `node` in their first line: let it be the one that runs this.
    env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  });
  assert.match(help, new RegExp(command), `${command} --help of ${name} does not name itself`);
}
