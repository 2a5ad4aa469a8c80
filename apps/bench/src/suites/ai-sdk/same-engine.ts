import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createMlx } from '@mlx/ai-provider';
import { createEngine, type Engine } from '@mlx/engine';
import { createHandler, listen } from '@mlx/server';
import type { LanguageModel } from 'ai';
import { MODEL, startFakeEngine } from '../transport/fake-engine.ts';

/** One engine in this process, as each provider for the AI SDK reaches it. */
export interface SameEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly inProcess: LanguageModel;
  readonly overHttp: LanguageModel;
  /** `@ai-sdk/openai-compatible`, at the same server as `overHttp`. */
  readonly compatible: LanguageModel;
}

export async function startSameEngine(modelId: string): Promise<SameEngine> {
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(createEngine());
  await engine.loadModel(modelId);
  await engine.warmupModel(modelId);
  return await reachable(engine, modelId, stack);
}

/** The same with a model that costs nothing. */
export async function startSameFreeEngine(): Promise<SameEngine> {
  await using stack = new AsyncDisposableStack();
  const { engine } = stack.use(await startFakeEngine({}));
  return await reachable(engine, MODEL, stack);
}

async function reachable(
  engine: Engine,
  modelId: string,
  stack: AsyncDisposableStack,
): Promise<SameEngine> {
  const server = stack.use(await listen(createHandler(engine), { host: '127.0.0.1', port: 0 }));
  const compatible = createOpenAICompatible({ name: 'local', baseURL: `${server.url}/v1` });
  const owned = stack.move();
  return {
    engine,
    inProcess: createMlx({ engine })(modelId),
    overHttp: createMlx({ baseURL: server.url })(modelId),
    compatible: compatible(modelId),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
