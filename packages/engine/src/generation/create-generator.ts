import type { GeneratorChunk } from '@mlx/schemas';
import type { EngineServices } from '../engine-services.js';
import { CallScope } from '../support/call-scope.js';
import { GenerationRun } from './generation-run.js';
import { planGeneration, type GenerationPlan } from './plan.js';
import { PullStream } from './pull-stream.js';

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
  { models, admission, events }: EngineServices,
): GenerationRun {
  const model = models.loaded(plan.model);
  const scope = new CallScope(plan.options);
  const releases: (() => void)[] = [() => scope[Symbol.dispose]()];
  const release = () => {
    for (const give of releases.splice(0)) give();
  };
  try {
    if (scope.abortedBy) throw scope.abortedBy;
    releases.push(admission.enter(scope), model.hold(scope));
    const { streamId, promptSummary } = plan;
    events.announce('generation:started', { streamId, model: plan.model, prompt: promptSummary });
    const { process } = model;
    return new GenerationRun(stream, { plan, scope, events, startedAt, process, release });
  } catch (thrown) {
    release();
    throw thrown;
  }
}
