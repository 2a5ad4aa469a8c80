import { createHandler, listen, type HttpServer, type ServingEngine } from '@mlx/server';

export const ANSWER = 'The scripted answer.';
const CONTEXT_LENGTH = 262_144;

const unused = () => Promise.reject(new Error('No agent asks for this'));

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** How many tools each request offered. */
  readonly offered: readonly number[];
}

/**
 * The real server over a model that always says the same: agents fill more
 * context than a small model has, and what they need of the server is in the
 * exchange and not in the words.
 */
export async function startScriptedServer(model: string): Promise<ScriptedServer> {
  const offered: number[] = [];
  const engine: ServingEngine = {
    async *createGenerator({ messages, tools = [] }) {
      offered.push(tools.length);
      const promptTokens = tokensOf(messages);
      yield {
        type: 'token',
        token: ANSWER,
        tokenIds: [1],
        prompt: { tokens: promptTokens, cachedTokens: 0 },
      };
      yield {
        type: 'metadata',
        finishReason: 'stop',
        stats: {
          tokensGenerated: 1,
          tokensPerSecond: 1,
          timeToFirstToken: 0,
          totalTime: 1,
          promptTokens,
          cachedTokens: 0,
        },
      };
    },
    listModels: async () => [
      {
        descriptor: { id: model, path: '/models/scripted' },
        state: 'ready',
        contextLength: CONTEXT_LENGTH,
        metadata: {},
        draft: false,
      },
    ],
    capabilities: async () => ({
      model,
      contextLength: CONTEXT_LENGTH,
      maxTokens: 100_000,
      maxTemperature: 2,
      batching: true,
      generation: true,
      chat: true,
      embeddingPrompts: [],
      tools: true,
      toolFormat: 'generic',
      structuredOutput: true,
      reasoning: false,
      reasoningOptions: [],
      vision: null,
      speculation: false,
      draftModels: false,
      weights: 'float32',
      samplingDefaults: {},
    }),
    countTokens: async ({ messages }) => tokensOf(messages),
    healthCheck: async () => ({ healthy: true }),
    embed: unused,
    score: unused,
    rerank: unused,
    tokenize: unused,
    detokenize: unused,
  };
  const server: HttpServer = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
  return { url: server.url, offered, [Symbol.asyncDispose]: () => server.close() };
}

/** About four characters make a token. */
function tokensOf(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}
