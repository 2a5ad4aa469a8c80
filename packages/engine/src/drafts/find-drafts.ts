import type { ModelHandle } from '@mlx/schemas';
import type { ManagedModel } from '../models/managed-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { modelNotLoaded } from '../support/errors.js';
import { toDraftHandle } from '../models/draft-slot.js';

interface Models {
  readonly models: Pick<ModelRegistry, 'models' | 'known'>;
}

/** The draft models beside each loaded model. */
export function draftHandles({ models }: Models): ModelHandle[] {
  return models.models.flatMap(({ id, drafts: { draft } }) =>
    draft === undefined ? [] : [toDraftHandle(draft, id)],
  );
}

/** Of a model, or of a draft model. */
export function findHandle(services: Models, id: string): ModelHandle {
  const draft = draftHandles(services).find(({ descriptor }) => descriptor.id === id);
  const isModel = services.models.models.some((model) => model.id === id);
  return draft === undefined || isModel ? services.models.known(id).handle : draft;
}

/** The models that a draft model was loaded for; those of the only one where none is named. */
export function targetsOf({ models }: Models, id: string | undefined): ManagedModel[] {
  const ids = [...new Set(models.models.flatMap((model) => draftId(model) ?? []))];
  const wanted = id ?? (ids.length === 1 ? ids[0] : undefined);
  const isTarget = (model: ManagedModel) => wanted !== undefined && draftId(model) === wanted;
  const targets = models.models.filter(isTarget);
  if (targets.length === 0) throw modelNotLoaded(wanted ?? 'draft', ids);
  return targets;
}

export function draftHandle(services: Models, target: string, id: string): ModelHandle {
  const { draft } = services.models.known(target).drafts;
  if (draft === undefined || draft.params.modelId !== id) throw modelNotLoaded(id, []);
  return toDraftHandle(draft, target);
}

const draftId = ({ drafts }: ManagedModel) => drafts.draft?.params.modelId;
