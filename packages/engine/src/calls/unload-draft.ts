import { NonEmptyString } from '@mlx/schemas/common';
import type { EngineServices } from './engine-services.js';
import { callModel } from './call-model.js';
import { validate } from '../support/validate.js';
import { targetsOf } from '../drafts/find-drafts.js';

/** `unloadDraftModel`: requests that draft with it go on without. */
export async function unloadDraft(services: EngineServices, id: unknown): Promise<void> {
  const wanted = id === undefined ? undefined : validate(NonEmptyString, id);
  for (const target of targetsOf(services, wanted)) {
    await target.drafts.inTurn(async () => {
      const model = target.drafts.draft?.plan.descriptor.id;
      if (model === undefined) return;
      // First, so that a new life of the process is not given it again.
      target.drafts.detach();
      await callModel(services, target.id, undefined, (process, signal) =>
        process.request('unloadDraft', {}, { signal }),
      );
      services.events.announce('model:unloaded', { model });
    });
  }
}
