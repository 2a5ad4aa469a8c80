import type { CompatibilityReport } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { locate } from '../models/locate.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { callModel } from './call-model.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';
import { validate } from '../support/validate.js';

interface DraftCheckServices {
  readonly models: Pick<ModelRegistry, 'acquire' | 'names' | 'isLoaded' | 'loaded' | 'models'>;
  readonly runner: Runner;
  readonly settings: EngineSettings;
}

/**
 * `isDraftModelCompatible`: compares vocabularies and caches. The draft model need not be loaded;
 * its files are fetched where they are not here, and its weights are not read.
 */
export async function checkDraft(
  services: DraftCheckServices,
  primary: unknown,
  draft: unknown,
  options: unknown,
): Promise<CompatibilityReport> {
  const id = validate(NonEmptyString, draft);
  const primaryId = validate(NonEmptyString, primary);
  const { loaded } = services.models.loaded(primaryId).facts;
  const result = await callModel(services, primaryId, options, check, LONGEST_TIMEOUT_MS);
  const { errors, warnings } = result;
  return {
    compatible: errors.length === 0,
    errors,
    warnings,
    details: {
      primaryModel: compared(primaryId, loaded),
      draftModel: compared(id, result),
      performanceEstimate: { parameterRatio: result.parameterCount / loaded.parameterCount },
    },
  };

  async function check(process: LoadedModel['process'], signal: AbortSignal) {
    const files = new AbortController();
    try {
      const path = await pathOf(services, id, signal, files.signal);
      return await process.request('checkDraft', { path }, { signal });
    } finally {
      files.abort();
    }
  }
}

/** Of a model or draft model that is loaded under this name, else of the one that would be. */
async function pathOf(
  { models, runner, settings }: DraftCheckServices,
  id: string,
  signal: AbortSignal,
  holdUntil: AbortSignal,
): Promise<string> {
  const own = models.names.idOf(id);
  for (const { facts, id: model, drafts } of models.models) {
    if (model === own && facts !== undefined) return facts.path;
    if (drafts.draft?.params.modelId === id) return drafts.draft.params.path;
  }
  const context = { runner, settings, signal, onProgress: () => {} };
  return locate({ descriptor: { id, path: id } }, context, holdUntil);
}

type Compared = CompatibilityReport['details']['primaryModel'];

function compared(id: string, { vocabSize, parameterCount, architecture }: Omit<Compared, 'id'>) {
  return { id, vocabSize, parameterCount, architecture };
}
