import { PullStream } from '@mlx/bridge';
import type { GenerationStats, GeneratorChunk } from '@mlx/schemas';
import type { EngineServices } from './engine-services.js';
import type { LoadedModel } from '../models/model-registry.js';
import { CallScope } from '../support/call-scope.js';
import { chooseDraft } from '../drafts/choose-draft.js';
import { GenerationRun } from '../generation/generation-run.js';
import { planGeneration, type GenerationPlan } from '../generation/plan.js';
import { allowedDefaults, withDefaults } from '../generation/to-wire.js';

/**
 * A generation that starts with its first `next()`.
 * @param readParams the parameters; what it throws rejects the first `next()`
 */
export function createGenerator(
  services: EngineServices,
  readParams: () => unknown,
  options: unknown,
): AsyncGenerator<GeneratorChunk, void, void> {
  return new PullStream((stream) => {
    const startedAt = performance.now();
    const plan = planGeneration(readParams(), options, services.settings);
    return openRun(stream, plan, startedAt, services);
  });
}

function openRun(
  stream: PullStream<GeneratorChunk>,
  plan: GenerationPlan,
  startedAt: number,
  services: EngineServices,
): GenerationRun {
  const { models, events, mismatches, runs, settings } = services;
  const model = models.loaded(plan.model);
  const draftModel = chooseDraft(model, plan.draftModel);
  const { samplingDefaults } = model.facts.loaded.capabilities;
  const defaults = allowedDefaults(samplingDefaults, settings);
  const requests = plan.requests.map((request) => ({
    ...withDefaults(request, defaults),
    draftModel,
  }));
  const scope = new CallScope(plan.options);
  const claim = claimPlace(scope, model, services);
  const { streamId, promptSummary } = plan;
  events.announce('generation:started', { streamId, model: plan.model, prompt: promptSummary });
  const run = new GenerationRun(stream, {
    plan: { ...plan, requests },
    scope,
    events,
    mismatches,
    startedAt,
    process: model.process,
    counters: model.counters,
    flushIntervalMs: settings.flushIntervalMs,
    forgotten: settings.forgottenRuns,
    release: (stats) => {
      removeRun();
      claim.release(stats);
    },
  });
  const removeRun = runs.add(run);
  return run;
}

/** Takes the call in and ties it to its model; throws when it is over already or not admitted. */
function claimPlace(
  scope: CallScope,
  model: LoadedModel,
  { admission }: EngineServices,
): { release: (stats?: GenerationStats) => void } {
  try {
    if (scope.abortedBy) throw scope.abortedBy;
    admission.enter(scope);
  } catch (thrown) {
    scope[Symbol.dispose]();
    throw thrown;
  }
  const release = model.hold(scope);
  return {
    release: (stats) => {
      scope[Symbol.dispose]();
      admission.leave(scope, stats);
      release();
    },
  };
}
