import type { SharedV4Warning } from '@ai-sdk/provider';
import type { MlxEngine } from '../engine.js';
import { unsupported } from '../language/warnings.js';
import { engineError } from './engine-error.js';
import { fitReasoning } from './fit-reasoning.js';
import type { TransportChunk, Call, Transport } from './transport.js';

/** Models of an engine in the same process. */
export function engineTransport(engine: MlxEngine): Transport {
  return {
    generate: generateWith(engine),
    embed: embedWith(engine),
    rerank: rerankWith(engine),
  };
}

const generateWith =
  (engine: MlxEngine): Transport['generate'] =>
  async (call) => {
    const { signal, serving, includeRaw } = call;
    const warnings = headerWarnings(call);
    const request = await withEngineErrors(call.request, signal, () =>
      fitReasoning(engine, call.request, warnings),
    );
    const chunks = engine.chatStream(request, { ...serving, signal });
    const queue: TransportChunk[] = [
      { type: 'response', id: crypto.randomUUID(), modelId: request.model, timestamp: new Date() },
    ];
    const read = async (): Promise<TransportChunk | undefined> => {
      const result = await chunks.next();
      if (result.done === true) return undefined;
      if (result.value.type === 'error') throw result.value.error;
      if (!includeRaw) return result.value;
      queue.push(result.value);
      return { type: 'raw', value: result.value };
    };
    return {
      body: request,
      warnings,
      next: async () => queue.shift() ?? withEngineErrors(request, signal, read),
      stop: () => void chunks.return().catch(() => undefined),
    };
  };

const embedWith =
  (engine: MlxEngine): Transport['embed'] =>
  async (request, call) => {
    const { signal } = call;
    const { embeddings, promptTokens } = await withEngineErrors(request, signal, () =>
      engine.embed(request, { signal }),
    );
    return { embeddings, tokens: promptTokens, body: request, warnings: headerWarnings(call) };
  };

const rerankWith =
  (engine: MlxEngine): Transport['rerank'] =>
  async (request, call) => {
    const { signal } = call;
    const { results } = await withEngineErrors(request, signal, () =>
      engine.rerank(request, { signal }),
    );
    return { results, body: request, warnings: headerWarnings(call) };
  };

async function withEngineErrors<Result>(
  request: { readonly model: string },
  signal: AbortSignal | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (thrown) {
    signal?.throwIfAborted();
    throw engineError(thrown, request);
  }
}

/** The SDK sends its name with every call; other headers are meant for a server. */
function headerWarnings({ headers = {} }: Call): SharedV4Warning[] {
  return Object.entries(headers)
    .filter(([name, value]) => value !== undefined && name.toLowerCase() !== 'user-agent')
    .map(([name]) => unsupported(`headers.${name}`, 'There is no server that could read it.'));
}
