import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setupContext, type SetupContext, type SetupOptions } from '../context.js';
import { modelError } from '../errors.js';
import { keptName } from '../model/list-models.js';
import { meantHint } from '../model/meant-model.js';
import { lockFile, partialDirectory, storedModel } from '../model/model-store.js';
import { ifUnlocked } from '../process/file-lock.js';
import { resolvePythonEnvironment } from '../python-environment.js';
import { forgetEmptyNames, forgetName } from './forget-name.js';
import { keptModels } from './kept-models.js';
import { removeKept, trimStore, type StoreLimits } from './trim-store.js';

const partialPrefix = partialDirectory('', '');

/** Removes a kept model, or what an interrupted download left of it; throws where it is in use or not here. */
export async function removeModel(name: string, options: SetupOptions = {}): Promise<number> {
  const context = setupContext(options);
  const { python } = resolvePythonEnvironment(context);
  const model = (await keptModels(context)).find((kept) => keptName(kept) === name);
  if (model === undefined) return removePartial(name, python, context);
  if (!(await removeKept(model, python, context))) {
    throw modelError(
      'model-refused',
      `${name} is in use. Stop what uses it first: mlx-serve stop ${name}`,
    );
  }
  return model.bytes;
}

async function removePartial(name: string, python: string, context: SetupContext): Promise<number> {
  const [id = name, revision] = name.split('@');
  const { partial, directory, lock } = storedModel(id, revision, context);
  if (!name.includes('/') || name.includes('..') || !existsSync(partial)) {
    throw modelError(
      'model-not-found',
      `${name} is not here.${meantHint(name, context)} \`mlx-serve ls\` lists what is`,
    );
  }
  const remove = () => rm(partial, { recursive: true, force: true });
  if (!(await ifUnlocked(lock, python, context, remove))) {
    throw modelError('model-refused', `${name} is being fetched. Stop what fetches it first`);
  }
  await forgetName(basename(directory), python, context);
  return 0;
}

/** Removes models beyond the limits, and what interrupted downloads left longer ago than that; resolves with names. */
export async function pruneModels(
  limits: StoreLimits,
  options: SetupOptions = {},
): Promise<readonly string[]> {
  const context = setupContext(options);
  const python = () => resolvePythonEnvironment(context).python;
  const removed = await trimStore(limits, python, context);
  const abandoned = await removeAbandoned(python(), context);
  await forgetEmptyNames(python(), context);
  return [...removed, ...abandoned];
}

/** Downloads that nobody goes on with: none holds their lock. */
async function removeAbandoned(python: string, context: SetupContext): Promise<string[]> {
  const names = await readdir(context.modelsFolder).catch(() => []);
  const removed: string[] = [];
  for (const name of names.filter((entry) => entry.startsWith(partialPrefix))) {
    const id = name.slice(partialPrefix.length).replace(/\.wheel$/, '');
    const lock = lockFile(context.modelsFolder, id);
    const remove = () => rm(join(context.modelsFolder, name), { recursive: true, force: true });
    if (await ifUnlocked(lock, python, context, remove))
      removed.push(`${id.replace('--', '/')} (partial)`);
  }
  return removed;
}
