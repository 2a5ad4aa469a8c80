#!/usr/bin/env node
// Proves that what would be published works where it will be used: packs every
// public package, lints the tarballs, installs them into empty projects and
// runs them there. Needs built packages and the npm registry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBrowserBundle } from './packages/browser-bundle.mjs';
import { checkBrowserForm } from './packages/browser-form.mjs';
import { checkFirstHour } from './packages/first-hour.mjs';
import { lintTarballs } from './packages/lint-tarballs.mjs';
import { checkNodeProject } from './packages/node-project.mjs';
import { packAll } from './packages/pack-all.mjs';

const directory = await mkdtemp(join(tmpdir(), 'check-packages-'));
try {
  const packages = await step('pack', () => packAll(join(directory, 'tarballs')));
  await step('lint the tarballs', () => lintTarballs(packages));
  await step('use @mlx/schemas in a browser bundle', () =>
    checkBrowserBundle(join(directory, 'browser'), packages),
  );
  await step('validate a form in Chromium with @mlx/schemas', () =>
    checkBrowserForm(join(directory, 'form'), packages),
  );
  await step('use every package in a Node project', () =>
    checkNodeProject(join(directory, 'node'), packages),
  );
  await step('spend the first hour with them, on the oldest and on the newest Node', () =>
    checkFirstHour(join(directory, 'node'), join(directory, 'oldest-node')),
  );
} catch (error) {
  console.error(`not ok  ${error.message}`);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

/**
 * @template Result
 * @param {string} name
 * @param {() => Promise<Result>} run
 */
async function step(name, run) {
  const startedAt = performance.now();
  const result = await run();
  console.log(`ok  ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}
