import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createMlx } from '@mlx/ai-provider';
import { createEngine } from '@mlx/engine';
import { createHandler, listen } from '@mlx/server';
import type { LanguageModel } from 'ai';

/** One engine in this process, as each provider for the AI SDK reaches it. */
export interface SameEngine extends AsyncDisposable {
  readonly inProcess: LanguageModel;
  readonly overHttp: LanguageModel;
  /** `@ai-sdk/openai-compatible`, at the same server as `overHttp`. */
  readonly compatible: LanguageModel;
}

export async function startSameEngine(modelId: string): Promise<SameEngine> {
  const stack = new AsyncDisposableStack();
  const engine = stack.use(createEngine());
  await engine.loadModel(modelId);
  await engine.warmupModel(modelId);
  const server = stack.use(await listen(createHandler(engine), { host: '127.0.0.1', port: 0 }));
  const compatible = createOpenAICompatible({ name: 'local', baseURL: `${server.url}/v1` });
  return {
    inProcess: createMlx({ engine })(modelId),
    overHttp: createMlx({ baseURL: server.url })(modelId),
    compatible: compatible(modelId),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
