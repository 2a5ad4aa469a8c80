import type { ModelHandle } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { LoadCallOptionsSchema } from './load-model.js';
import { locate } from '../models/locate.js';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { Runner } from '../runner/runner.js';
import type { EngineSettings } from '../settings.js';
import { weightsFor } from '../models/weights.js';
import { callModel } from './call-model.js';
import { LONGEST_TIMEOUT_MS } from '../support/call-options.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { draftHandle, targetsOf } from '../drafts/find-drafts.js';
import { draftBytes } from '../models/draft-slot.js';
import { planDraft, type DraftPlan } from '../models/draft-plan.js';

interface DraftServices {
  readonly models: Pick<
    ModelRegistry,
    'acquire' | 'isLoaded' | 'known' | 'loaded' | 'models' | 'only' | 'room'
  >;
  readonly runner: Runner;
  readonly settings: EngineSettings;
  readonly events: EngineEmitter;
}

/** `loadModel` with `draft: true` is `loadDraftModel` by another name. */
export const wantsDraft = (input: unknown) =>
  typeof input === 'object' && input !== null && 'draft' in input && input.draft === true;

/** `loadDraftModel`: loads it into the process of the model it is to draft for. */
export async function loadDraft(
  services: DraftServices,
  input: unknown,
  callOptions: unknown,
): Promise<ModelHandle> {
  const plan = planDraft(input);
  const { onProgress = () => {}, ...limits } = validate(LoadCallOptionsSchema, callOptions ?? {});
  const id = plan.target ?? services.models.only().id;
  const target = services.models.loaded(id);
  return target.drafts.turns.take(async () => {
    const { draft } = target.drafts;
    if (draft !== undefined) requireSame(draft.plan, plan, id);
    else await callModel(services, id, limits, load, LONGEST_TIMEOUT_MS);
    return draftHandle(services, id, plan.descriptor.id);
  });

  async function load(process: LoadedModel['process'], signal: AbortSignal): Promise<void> {
    const { runner, settings, events, models } = services;
    const files = new AbortController();
    const release = () => files.abort();
    try {
      const context = { runner, settings, signal, onProgress };
      const path = await locate(plan, context, files.signal);
      const params = { modelId: plan.descriptor.id, path, weights: await toWeights(plan, path) };
      const loaded = await process.request('loadDraft', params, { signal });
      await models.room
        .grow(target, await draftBytes({ plan, params, loaded }, runner))
        .catch(async (thrown: unknown) => {
          await process.request('unloadDraft', {}, { signal });
          throw thrown;
        });
      target.drafts.attach({ plan, params, loaded, release });
      const parameters = { draftOf: id, weights: loaded.weights, loadMs: loaded.loadMs };
      events.announce('model:loaded', { model: params.modelId, modelPath: path, parameters });
    } catch (thrown) {
      release();
      throw thrown;
    }
  }
}

async function toWeights({ quantization, weights }: DraftPlan, path: string) {
  return quantization === undefined ? weights : weightsFor(quantization, path);
}

function requireSame(present: DraftPlan, wanted: DraftPlan, target: string): void {
  const same =
    present.descriptor.id === wanted.descriptor.id &&
    present.descriptor.path === wanted.descriptor.path &&
    present.byDefault === wanted.byDefault &&
    present.weights === wanted.weights;
  if (same) return;
  throw invalidParameter(
    'model',
    `'${present.descriptor.id}' drafts for '${target}' already; call unloadDraftModel first`,
  );
}

/** `unloadDraftModel`: requests that draft with it go on without. */
export async function unloadDraft(services: DraftServices, id: unknown): Promise<void> {
  const wanted = id === undefined ? undefined : validate(NonEmptyString, id);
  for (const target of targetsOf(services, wanted)) {
    await target.drafts.turns.take(async () => {
      const { draft } = target.drafts;
      if (draft === undefined) return;
      const model = draft.plan.descriptor.id;
      // First, so that a new life of the process is not given it again.
      target.drafts.detach();
      await callModel(services, target.id, undefined, (process, signal) =>
        process.request('unloadDraft', {}, { signal }),
      );
      await services.models.room.grow(target, -(await draftBytes(draft, services.runner)));
      services.events.announce('model:unloaded', { model });
    });
  }
}
