import { stat } from 'node:fs/promises';
import type { SetupContext } from '../context.js';
import { listModels, type LocalModel } from '../model/list-models.js';
import { usesFile } from '../model/model-store.js';
import { directorySize } from '../process/directory-size.js';
import { basename } from 'node:path';

/** A complete model of the store and how it was used; times are those of the file system. */
export interface KeptModel extends LocalModel {
  readonly uses: string;
  readonly bytes: number;
  readonly useCount: number;
  readonly fetchedAt: number;
  readonly lastUsedAt: number;
}

/** Every model that is kept; one that vanishes meanwhile is left out. */
export async function keptModels(context: SetupContext): Promise<KeptModel[]> {
  const models = await Promise.all(listModels(context).map((model) => describe(model, context)));
  return models.filter((model) => model !== undefined);
}

async function describe(
  { id, revision, directory }: LocalModel,
  { modelsFolder }: SetupContext,
): Promise<KeptModel | undefined> {
  const uses = usesFile(modelsFolder, basename(directory));
  const [found, used] = await Promise.all([statOrNothing(directory), statOrNothing(uses)]);
  if (!found) return undefined;
  return {
    id,
    revision,
    directory,
    uses,
    bytes: await directorySize(directory),
    useCount: used?.size ?? 0,
    fetchedAt: found.mtimeMs,
    lastUsedAt: Math.max(found.mtimeMs, used?.mtimeMs ?? 0),
  };
}

const statOrNothing = (path: string) => stat(path).catch(() => undefined);
