import { existsSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { lockFile, partialDirectory, usesFile } from '../model/model-store.js';
import { ifUnlocked } from '../process/file-lock.js';

const filesOf = [lockFile, usesFile];
const prefixes = filesOf.map((file) => file('', ''));

/** Removes the files for locking a name under which nothing is kept, if nobody holds them. */
export async function forgetName(
  name: string,
  python: string,
  context: SetupContext,
): Promise<void> {
  const { modelsFolder } = context;
  const isEmpty = () =>
    !existsSync(join(modelsFolder, name)) && !existsSync(partialDirectory(modelsFolder, name));
  for (const path of filesOf
    .map((file) => file(modelsFolder, name))
    .filter((file) => existsSync(file))) {
    await ifUnlocked(path, python, context, async () => {
      if (isEmpty()) rmSync(path, { force: true });
    });
  }
}

/** The same of every such name: of models that were removed, or could never be fetched. */
export async function forgetEmptyNames(python: string, context: SetupContext): Promise<void> {
  const entries = await readdir(context.modelsFolder).catch((): string[] => []);
  const names = prefixes.flatMap((prefix) =>
    entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length)),
  );
  for (const name of new Set(names)) {
    if (!entries.includes(name)) await forgetName(name, python, context);
  }
}
