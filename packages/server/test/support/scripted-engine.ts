import { imageLimits } from '@mlx/schemas/vision';
import {
  EngineClientError,
  type EmbedRequest,
  type Embeddings,
  type EncodedEmbeddings,
  type GeneratorChunk,
  type GeneratorParams,
  type MetadataChunk,
  type ModelHandle,
  type RerankRequest,
  type Reranking,
  type ScoreRequest,
  type TextScore,
  type TokenizeRequest,
  type TokenizeResponse,
} from '@mlx/schemas';
import type { ModelCapabilities } from '@mlx/engine';
import type { ServingEngine } from '../../src/index.js';

export const MODEL = 'acme/echo';

type Script = (params: GeneratorParams, signal: AbortSignal) => AsyncGenerator<GeneratorChunk>;

/**
 * An engine whose answers a test writes: for orders of events that a real
 * model cannot be made to produce, such as failing after the second token.
 */
export class ScriptedEngine implements ServingEngine {
  readonly calls: GeneratorParams[] = [];
  readonly tenants: (string | undefined)[] = [];
  running = 0;
  cancelled = 0;
  #script: Script = tokens('Hello', ' world');

  script(script: Script): void {
    this.#script = script;
  }

  healthy = true;
  /** Of its model, where it is not healthy. */
  state: 'loading' | 'failed' = 'loading';
  /** Whether its model takes images. */
  sees = false;
  thinks = false;

  async healthCheck() {
    return { healthy: this.healthy, models: [{ state: this.state }] };
  }

  /** One token per character, so that tests can predict it. */
  async countTokens({ messages }: { messages: { content: unknown }[] }) {
    return messages.map(({ content }) => String(content)).join('').length;
  }

  /** One token per character: its code. */
  async tokenize({ text, addBos }: TokenizeRequest): Promise<TokenizeResponse> {
    const characters = Array.from(addBos ? `^${text}` : text);
    return {
      tokens: characters.map((character) => character.codePointAt(0) ?? 0),
      tokenStrings: characters,
    };
  }

  async detokenize({ tokens: ids }: { readonly tokens: number[] }): Promise<string> {
    return String.fromCodePoint(...ids);
  }

  /** A text's vector is its length, the number of texts and, where asked for, nothing more. */
  async embed(request: EmbedRequest & { encoding?: 'float' | undefined }): Promise<Embeddings>;
  async embed(request: EmbedRequest): Promise<Embeddings | EncodedEmbeddings>;
  async embed(request: EmbedRequest): Promise<Embeddings | EncodedEmbeddings> {
    const { model, input, dimensions, encoding } = request;
    const texts = typeof input === 'string' ? [input] : input;
    const vectors = texts.map((text) => [String(text).length, texts.length, 0.1]);
    const embeddings = vectors.map((vector) => vector.slice(0, dimensions));
    const facts = { model, pooling: 'mean', promptTokens: texts.length } as const;
    if (encoding !== 'base64') return { ...facts, embeddings };
    return { ...facts, embeddings: embeddings.map(toBase64) };
  }

  /** One token per character, each half as likely as the one before. */
  async score({ input, topLogprobs = 0 }: ScoreRequest): Promise<TextScore[]> {
    const texts = typeof input === 'string' ? [input] : input;
    return texts.map((given) => {
      const characters = Array.from(String(given), (text, index) => {
        const entry = { token: index, text, logprob: -index };
        const top = Array.from({ length: index === 0 ? 0 : topLogprobs }, () => entry);
        return { ...entry, logprob: index === 0 ? null : -index, top };
      });
      return { tokens: characters, logprob: -1, perplexity: 2 };
    });
  }

  /** The longest document is the best. */
  async rerank({ model, documents, topN }: RerankRequest): Promise<Reranking> {
    const results = documents
      .map((document, index) => ({ index, document, score: 1 - 1 / (document.length + 1) }))
      .toSorted((left, right) => right.score - left.score);
    return { model, results: results.slice(0, topN), promptTokens: 7 };
  }

  async listModels(): Promise<readonly ModelHandle[]> {
    return [
      {
        descriptor: { id: MODEL, path: '/models/echo' },
        state: this.healthy ? 'ready' : 'loading',
        contextLength: 128,
        metadata: {},
        draft: false,
      },
    ];
  }

  /** Not known while the model is being loaded. */
  async capabilities(model: string): Promise<ModelCapabilities> {
    if (!this.healthy) throw new EngineClientError('ModelNotLoaded', 'It is being loaded');
    return {
      model,
      contextLength: 128,
      maxTokens: 64,
      maxTemperature: 2,
      generation: true,
      batching: true,
      chat: true,
      tools: true,
      toolFormat: 'generic',
      structuredOutput: true,
      reasoning: this.thinks,
      reasoningOptions: this.thinks ? ['enabled', 'effort', 'budgetTokens'] : [],
      embeddingSize: 3,
      embeddingPrompts: [],
      reranking: 'answers',
      vision: this.sees ? imageLimits : null,
      speculation: true,
      draftModels: false,
      weights: 'float32',
      samplingDefaults: { temperature: 0.6, topP: 0.95 },
    };
  }

  async *createGenerator(
    params: GeneratorParams,
    options: { signal?: AbortSignal; tenant?: string } = {},
  ): AsyncGenerator<GeneratorChunk> {
    const signal = options.signal ?? new AbortController().signal;
    if (!this.sees) refuseImages(params);
    this.calls.push(params);
    this.tenants.push(options.tenant);
    this.running += 1;
    try {
      yield* this.#script(params, signal);
    } finally {
      this.running -= 1;
      if (signal.aborted) this.cancelled += 1;
    }
  }
}

/** As an engine does whose model reads text only. */
function refuseImages({ messages = [] }: GeneratorParams): void {
  messages.forEach(({ content }, turn) => {
    if (!Array.isArray(content)) return;
    const place = content.findIndex(({ type }) => type === 'image');
    if (place === -1) return;
    const field = `messages.${turn}.content.${place}`;
    const issue = { path: field.split('.'), message: 'The model reads text only', code: 'custom' };
    throw new EngineClientError('InvalidParams', `Validation error on field '${field}'`, {
      details: { field, issues: [issue], type: 'unsupported_parameter' },
    });
  });
}

/** Answers every request, or each of its `n` answers, with these tokens. */
export function tokens(...texts: string[]): Script {
  return async function* script({ n = 1 }) {
    for (let index = 0; index < n; index += 1) {
      for (const token of texts) yield { type: 'token', token, index };
      yield finished(texts.length, index);
    }
  };
}

export function finished(tokensGenerated: number, index = 0): MetadataChunk {
  return {
    type: 'metadata',
    index,
    finishReason: 'stop',
    stats: {
      tokensGenerated,
      tokensPerSecond: 10,
      timeToFirstToken: 0.1,
      totalTime: 0.2,
      promptTokens: 5,
      cachedTokens: 2,
    },
  };
}

/** Sends tokens until it is aborted, one per event-loop turn. */
export async function* endless(
  _params: GeneratorParams,
  signal: AbortSignal,
): AsyncGenerator<GeneratorChunk> {
  for (;;) {
    if (signal.aborted) {
      throw new EngineClientError('Cancelled', 'Generation was cancelled', {
        cause: signal.reason,
      });
    }
    yield { type: 'token', token: 'tick ' };
    await new Promise(setImmediate);
  }
}

function toBase64(vector: number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
