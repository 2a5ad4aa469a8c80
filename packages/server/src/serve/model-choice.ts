import { EngineClientError } from '@mlx/schemas';

/** A model to serve: an id or a directory, and the same of what drafts for it. */
export interface ModelChoice {
  readonly model: string;
  readonly draft?: string | undefined;
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
