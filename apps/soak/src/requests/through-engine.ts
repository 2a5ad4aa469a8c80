import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '@mlx/engine';
import { isEngineClientError } from '@mlx/schemas';
import { addChunk, newAnswers, type Outcome, type SeenError } from './answer-record.ts';
import type { RequestPlan } from './request-plan.ts';

interface EngineRequestOptions {
  readonly engine: Engine;
  /** How long a consumer that forgets its stream stays away. */
  readonly forgetMs: number;
  /** Outlives all requests; none may leave a listener on it. */
  readonly endOfSoak: AbortSignal;
}

/** Makes the request with the engine itself and consumes the answer as planned. */
export async function runThroughEngine(
  plan: RequestPlan,
  { engine, forgetMs, endOfSoak }: EngineRequestOptions,
): Promise<Outcome> {
  const { recipe, behaviour, priority, tenant, resume } = plan;
  const answers = newAnswers(recipe.params.n ?? 1);
  const leaving = new AbortController();
  // Without a behaviour that aborts, the shared signal is used as it is.
  const signal = behaviour.kind === 'aborts' ? leaving.signal : endOfSoak;
  if (behaviour.kind === 'aborts' && behaviour.after === 0) leaving.abort();
  const stream = engine.createGenerator(
    { ...recipe.params, model: plan.model, streaming: plan.streaming },
    { streamId: `soak-${plan.index}`, priority, tenant, resume, signal },
  );
  let taken = 0;
  try {
    for await (const chunk of stream) {
      addChunk(answers, chunk);
      taken += 1;
      if (behaviour.kind === 'dawdles') await sleep(behaviour.pauseMs);
      if (behaviour.kind === 'forgets' && taken === behaviour.after) await sleep(forgetMs);
      if (behaviour.kind === 'aborts' && taken === behaviour.after) leaving.abort();
      if (behaviour.kind === 'breaks' && taken === behaviour.after) {
        return { kind: 'left', answers };
      }
    }
    return { kind: 'ended', answers };
  } catch (thrown) {
    return { kind: 'failed', error: toSeenError(thrown), answers };
  }
}

function toSeenError(thrown: unknown): SeenError {
  if (!isEngineClientError(thrown)) {
    return { code: 'not an engine error', retryable: undefined, message: String(thrown) };
  }
  const { code, retryable, message } = thrown;
  return { code, retryable, message };
}
