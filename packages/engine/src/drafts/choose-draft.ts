import type { ManagedModel } from '../models/managed-model.js';
import { invalidParameter } from '../support/errors.js';

/**
 * Which model drafts for a request: the one it names, else the one that drafts by default.
 * Refuses a name that is not loaded beside the model.
 */
export function chooseDraft(
  { id, drafts: { draft } }: ManagedModel,
  wanted: string | false | undefined,
): string | undefined {
  if (wanted === false || (wanted === undefined && draft?.plan.byDefault !== true))
    return undefined;
  const loaded = draft?.params.modelId;
  if (wanted === undefined || wanted === loaded) return loaded;
  throw invalidParameter(
    'draftModel',
    `'${wanted}' is not loaded as a draft of '${id}'. Call loadDraftModel first`,
  );
}
