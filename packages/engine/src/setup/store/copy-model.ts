import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expandHome } from '../expand-home.js';
import {
  setupContext,
  throwIfCancelled,
  type SetupContext,
  type SetupOptions,
} from '../context.js';
import { modelError } from '../errors.js';
import { explainWriteFailure } from '../install/explain-failure.js';
import { runConversion } from '../model/convert-model.js';
import { meantHint, readModelReference } from '../model/meant-model.js';
import { isGguf, isHubId } from '../model/model-reference.js';
import { storedModel, type StoredModel } from '../model/model-store.js';
import { validateModelDirectory } from '../model/validate-model-directory.js';
import { withFileLock } from '../process/file-lock.js';
import { resolvePythonEnvironment } from '../python-environment.js';
import { sealModel } from './checksums.js';
import { findKept } from './find-kept.js';
import { writeProvenance, type Provenance } from './provenance.js';

interface CopySource {
  readonly directory: string;
  readonly provenance: Provenance;
  /** Nobody writes to its files, so that a second name for them is enough. */
  readonly immutable: boolean;
  /** The directory is a GGUF file, which becomes one. */
  readonly isFile?: boolean;
}

/** Gives a kept model, or the one in a directory or a GGUF file, a place among the kept ones under another name. */
export async function copyModel(
  from: string,
  name: string,
  options: SetupOptions = {},
): Promise<string> {
  const context = setupContext(options);
  if (!isHubId(name)) {
    throw modelError('model-refused', `'${name}' cannot be the name of a copy: write owner/name`);
  }
  const source = await findSource(from, context);
  const target = storedModel(name, undefined, context);
  const { python, root } = resolvePythonEnvironment(context);
  await withFileLock(target.lock, python, context, async (lock) => {
    if (existsSync(target.directory) && !context.force) {
      throw modelError('model-refused', `${name} is here already: remove it first, or use --force`);
    }
    if (source.isFile) {
      await rm(target.partial, { recursive: true, force: true });
      await runConversion(source.directory, target.partial, { root, context, lock });
    } else await fill(source, target, context);
    await writeProvenance(target.partial, source.provenance);
    await validateModelDirectory(target.partial);
    await sealModel(target.partial, python, context);
    await rm(target.directory, { recursive: true, force: true });
    await rename(target.partial, target.directory);
  });
  return target.directory;
}

async function findSource(from: string, context: SetupContext): Promise<CopySource> {
  const kept = findKept(from, context);
  if (kept) {
    const provenance = { kind: 'model', source: from } as const;
    return { directory: kept.directory, provenance, immutable: true };
  }
  if (isGguf(from)) return findFile(resolve(expandHome(from)));
  const reference = readModelReference(from, context);
  if (reference.kind === 'hub') {
    throw modelError(
      'model-not-found',
      `${from} is not here.${meantHint(from, context)} Fetch it first: mlx-serve pull ${from}`,
    );
  }
  const directory = await validateModelDirectory(reference.path);
  return { directory, provenance: { kind: 'directory', source: directory }, immutable: false };
}

function findFile(path: string): CopySource {
  if (!existsSync(path)) throw modelError('model-not-found', `There is no file ${path}`);
  const provenance = { kind: 'gguf', source: path } as const;
  return { directory: path, provenance, immutable: false, isFile: true };
}

async function fill(
  { directory, immutable }: CopySource,
  { partial, id }: StoredModel,
  context: SetupContext,
): Promise<void> {
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    for (const file of await filesOf(directory)) {
      throwIfCancelled(context);
      const path = join(directory, file);
      context.onProgress({ step: 'model', message: `Copying ${file} to ${id}` });
      await mkdir(dirname(join(partial, file)), { recursive: true });
      await copy(path, join(partial, file), immutable);
    }
  } catch (error) {
    throw explainWriteFailure(error, context.home);
  }
}

/** A sentence-transformer keeps what follows its states in folders of their own: 1_Pooling, 2_Dense. */
const moduleFolder = /^\d+_\w+$/;

/** What belongs to a model, relative to its directory. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(
    entries.map(async (name) => {
      const path = join(directory, name);
      if ((await stat(path)).isFile()) return [name];
      if (!moduleFolder.test(name)) return [];
      return (await readdir(path)).map((file) => join(name, file));
    }),
  );
  return found.flat();
}

async function copy(from: string, to: string, immutable: boolean): Promise<void> {
  const linked =
    immutable &&
    (await link(from, to).then(
      () => true,
      () => false,
    ));
  if (!linked) await copyFile(from, to, constants.COPYFILE_FICLONE);
}
