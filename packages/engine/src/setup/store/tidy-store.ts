import type { EngineClientError } from '@mlx/schemas';
import { toEngineError } from '../../support/errors.js';
import { setupContext } from '../context.js';
import type { EnsureModelOptions } from '../model/ensure-model.js';
import {
  isAdapterDirectory,
  validateAdapterDirectory,
} from '../model/validate-adapter-directory.js';
import { validateModelDirectory } from '../model/validate-model-directory.js';
import { resolvePythonEnvironment } from '../python-environment.js';
import { requireUnchanged } from './checksums.js';
import { keptModels, type KeptModel } from './kept-models.js';
import { trimStore } from './trim-store.js';

/** A kept model that cannot be loaded as it is. */
export interface ModelFault {
  readonly model: string;
  readonly error: EngineClientError;
}

export interface TidyOptions extends EnsureModelOptions {
  /** Read every file of every model. */
  readonly validate: boolean;
}

/** Removes models beyond the limits and, where asked to, looks at those that stay. */
export async function tidyStore(options: TidyOptions): Promise<ModelFault[]> {
  if (options.localOnly) return [];
  const context = setupContext(options);
  const python = () => options.python ?? resolvePythonEnvironment(context).python;
  if (options.limits) await trimStore(options.limits, python, context);
  const faults: ModelFault[] = [];
  for (const model of options.validate ? await keptModels(context) : []) {
    const error = await faultOf(model, check);
    if (error) faults.push({ model: model.id, error });
  }
  return faults;

  async function check({ directory }: KeptModel): Promise<void> {
    if (isAdapterDirectory(directory)) await validateAdapterDirectory(directory);
    else await validateModelDirectory(directory, options);
    if (options.verifyChecksums ?? true) {
      await requireUnchanged(directory, python, context, { thorough: true });
    }
  }
}

async function faultOf(model: KeptModel, check: (model: KeptModel) => Promise<void>) {
  try {
    await check(model);
    return undefined;
  } catch (error) {
    return toEngineError(error);
  }
}
