import { EngineClientError } from '@mlx/schemas';
import { toDescriptor } from './model-source.js';

/** A model to serve: an id or a directory, and the same of what drafts for it. */
export interface ModelChoice {
  readonly model: string;
  readonly draft?: string | undefined;
  /** Directories or repositories of its adapters, by their names. */
  readonly adapters?: Readonly<Record<string, string>> | undefined;
}

/** The first draft model is for the first model, and so on. */
export function pairDrafts(models: readonly string[], drafts: readonly string[]): ModelChoice[] {
  const [spare] = drafts.slice(models.length);
  if (spare !== undefined) {
    throw new EngineClientError(
      'InvalidParams',
      `There is no model for '${spare}' to draft for: the first --draft-model drafts for the ` +
        'first --model, the second for the second.',
    );
  }
  return models.map((model, index) => ({ model, draft: drafts[index] }));
}

/**
 * Gives each model its adapters, written `name=path` for the first model, or `model:name=path`.
 * Throws InvalidParams for what is written otherwise, twice, or for a model that is not served.
 */
export function withAdapters(
  choices: readonly ModelChoice[],
  adapters: readonly string[],
): ModelChoice[] {
  const byModel = new Map<ModelChoice, Record<string, string>>();
  for (const written of adapters) {
    const { model, name, path } = readAdapter(written);
    const isMeant = (each: ModelChoice) => toDescriptor(each.model).id === model;
    const choice = model === undefined ? choices[0] : choices.find(isMeant);
    if (choice === undefined) throw invalid(`no --model '${model}' is there for ${written}`);
    const present = byModel.get(choice) ?? {};
    if (name in present) throw invalid(`'${name}' is named twice`);
    byModel.set(choice, { ...present, [name]: path });
  }
  return choices.map((choice) => Object.assign({}, choice, { adapters: byModel.get(choice) }));
}

function readAdapter(written: string) {
  const [, model, name = '', path = ''] = /^(?:([^=]+):)?([^=:]*)=(.*)$/.exec(written) ?? [];
  if (name === '' || path === '') throw invalid(`'${written}' is not written name=path`);
  return { model, name, path };
}

function invalid(reason: string): EngineClientError {
  return new EngineClientError('InvalidParams', `--adapter: ${reason}.`);
}
