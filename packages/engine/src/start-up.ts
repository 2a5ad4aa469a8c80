import type { RuntimeConfig } from '@mlx/schemas/config';
import type { Engine } from './engine.js';
import type { EngineEmitter } from './events/engine-emitter.js';
import type { Runner } from './runner/runner.js';
import { toEngineError } from './support/errors.js';

interface StartUp {
  readonly engine: Pick<Engine, 'loadModel' | 'warmupModel'>;
  readonly runner: Runner;
  readonly events: EngineEmitter;
  readonly config: RuntimeConfig;
  readonly signal: AbortSignal;
}

/**
 * Fetches and warms up what the configuration names, one after the other, while
 * the engine takes calls already. What fails is told in an `error` event.
 */
export async function startUp(context: StartUp): Promise<void> {
  followFleet(context);
  await Promise.all([tidyUp(context), bringModels(context)]);
}

/** What other machines have ready is listed here, and answered for, without being asked for first. */
function followFleet({ engine, runner, events, signal }: StartUp): void {
  runner.onModels?.((model) => {
    engine.loadModel(model, { signal }).catch((thrown: unknown) => {
      if (!signal.aborted) events.announceError(toEngineError(thrown), { model });
    });
  });
}

/** Models that are kept and cannot be used are told of in `error` events. */
async function tidyUp({ runner, events, signal }: StartUp): Promise<void> {
  const key = 'cache.validate_on_startup';
  try {
    for (const { model, error } of (await runner.tidyModels?.({ signal })) ?? []) {
      events.announceError(error, { model, key });
    }
  } catch (thrown) {
    if (!signal.aborted) events.announceError(toEngineError(thrown), { key: 'cache' });
  }
}

async function bringModels({ engine, runner, events, config, signal }: StartUp): Promise<void> {
  const attempt = async (model: string, key: string, work: () => Promise<unknown>) => {
    try {
      if (!signal.aborted) await work();
    } catch (thrown) {
      if (!signal.aborted) events.announceError(toEngineError(thrown), { model, key });
    }
  };
  for (const model of config.cache.preload_models) {
    await attempt(model, 'cache.preload_models', () => runner.locateModel(model, { signal }));
  }
  for (const model of config.model.memory_cache.warmup_on_start) {
    await attempt(model, 'model.memory_cache.warmup_on_start', async () => {
      await engine.loadModel(model, { signal });
      await engine.warmupModel(model, { signal });
    });
  }
}
