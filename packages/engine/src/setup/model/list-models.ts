import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setupContext, type SetupOptions } from '../context.js';

export interface LocalModel {
  readonly id: string;
  /** Set where the model was fetched at a revision of its own. */
  readonly revision: string | undefined;
  readonly directory: string;
}

/** What a kept model is asked for by. */
export const keptName = ({ id, revision }: Omit<LocalModel, 'directory'>): string =>
  revision === undefined ? id : `${id}@${revision}`;

/** The models of the hub that are here, sorted by id. */
export function listModels(
  options: Pick<SetupOptions, 'variables' | 'modelsFolder'> = {},
): LocalModel[] {
  const { modelsFolder: folder } = setupContext(options);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => !name.startsWith('.') && name.includes('--'))
    .toSorted()
    .map((name) => {
      const [id = name, revision] = name.split('@');
      return { id: id.replace('--', '/'), revision, directory: join(folder, name) };
    });
}
