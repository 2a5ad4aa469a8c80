import type { ManagedModel } from '../models/managed-model.js';
import { invalidParameter } from '../support/errors.js';

/** Refuses a draft model that is not loaded beside the model. */
export function requireDraft({ id, drafts }: ManagedModel, wanted: string | undefined): void {
  if (wanted === undefined || drafts.draft?.params.modelId === wanted) return;
  throw invalidParameter(
    'draftModel',
    `'${wanted}' is not loaded as a draft of '${id}'. Call loadDraftModel first`,
  );
}
