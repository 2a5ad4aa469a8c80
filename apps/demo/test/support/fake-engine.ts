import { setTimeout } from 'node:timers/promises';
import { EngineClientError, type GeneratorChunk, type GeneratorParams } from '@mlx/schemas';
import { imageLimits } from '@mlx/schemas/vision';
import type { ServingEngine } from '@mlx/server';

/** What a fake model sends: pieces of text, then an end or an error. */
export interface FakeAnswer {
  readonly pieces: readonly string[];
  /** Thought before the first of them. */
  readonly reasoning?: string;
  /** A call of this tool stands in place of text. */
  readonly call?: { readonly name: string; readonly arguments: string };
  readonly error?: string;
  /** Keep sending the last piece until the request is aborted. */
  readonly endless?: boolean;
  readonly finishReason?: 'stop' | 'length';
  /** Tokens of the prompt, as the model counted them. */
  readonly promptTokens?: number;
}

const PARROT = 'acme/parrot';
const ADVICE = { temperature: 0.6, topP: 0.95 };

/** A model that says what a test wants: hostile text that no honest model would write. */
export class FakeEngine implements ServingEngine {
  answer: FakeAnswer = { pieces: ['Hello.'] };
  /** Taken one by one before `answer`. */
  next: FakeAnswer[] = [];
  running = 0;
  readonly asked: GeneratorParams[] = [];
  models: readonly string[] = [PARROT];
  /** Those of them that see images. */
  seeing: readonly string[] = [];

  /** How its makers say that it is sampled. */
  advice: { temperature?: number; topP?: number } = ADVICE;

  /** As new, for the next test. */
  reset(): void {
    this.answer = { pieces: ['Hello.'] };
    this.next = [];
    this.asked.length = 0;
    this.models = [PARROT];
    this.seeing = [];
    this.advice = ADVICE;
  }

  /** What the model was shown in the last request: roles and texts. */
  get shown(): readonly (readonly [string, string])[] {
    const messages = this.asked.at(-1)?.messages ?? [];
    return messages.map(
      ({ role, content }) =>
        [role, typeof content === 'string' ? content : JSON.stringify(content)] as const,
    );
  }

  async listModels() {
    return this.models.map((id) => ({
      descriptor: { id, path: `/models/${id}` },
      state: 'ready' as const,
      contextLength: 128,
      metadata: {},
      draft: false,
    }));
  }

  async capabilities(model: string) {
    if (!this.models.includes(model)) throw new EngineClientError('ModelNotLoaded', model);
    return {
      model,
      chat: true,
      tools: true,
      toolFormat: 'json',
      structuredOutput: true,
      reasoning: true,
      reasoningOptions: ['enabled' as const],
      vision: this.seeing.includes(model) ? imageLimits : null,
      speculation: false,
      draftModels: false,
      batching: true,
      generation: true,
      embeddingPrompts: [],
      weights: '4-bit',
      contextLength: 128,
      maxTokens: 100,
      maxTemperature: 2,
      samplingDefaults: this.advice,
    };
  }

  async getBatchStats() {
    return {
      requests: { admitted: 3, finished: 2, cancelled: 0, failed: 0 },
      rows: { queued: 2, prefilling: 0, decoding: 1, paused: 0 },
      tokens: {
        prefilled: 10,
        reused: 30,
        generated: Math.round(performance.now()),
        drafted: 0,
        accepted: 0,
      },
      decodeSteps: 9,
      meanBatchSize: 1,
      rankBytes: [],
      memory: { activeBytes: 2 ** 28, peakBytes: 2 ** 29, residentBytes: 2 ** 29 },
      toolMismatches: 0,
    };
  }

  async getCacheStats() {
    const none = { entries: 0, bytes: 0, hits: 0, misses: 0, written: 0, failed: 0 };
    return {
      entries: 1,
      bytes: 2 ** 20,
      sharedBytes: 2 ** 19,
      hits: 3,
      hitTokens: 30,
      misses: 1,
      evictions: 0,
      hitRate: 0.75,
      disk: none,
      kv: { usedBytes: 2 ** 20, limitBytes: 2 ** 30 },
    };
  }

  async countTokens() {
    return 1;
  }

  async healthCheck() {
    return { healthy: true };
  }

  readonly embed = unasked;
  readonly score = unasked;
  readonly rerank = unasked;
  readonly tokenize = unasked;
  readonly detokenize = unasked;

  async *createGenerator(
    params: GeneratorParams,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<GeneratorChunk> {
    this.asked.push(params);
    const answer = this.next.shift() ?? this.answer;
    const { pieces, reasoning, call, error, endless } = answer;
    this.running += 1;
    try {
      if (reasoning !== undefined) yield { type: 'reasoning', text: reasoning };
      for (const token of pieces) yield { type: 'token', token };
      if (call)
        yield {
          type: 'tool_call',
          toolCall: { index: 0, id: `call_${this.asked.length}`, ...call },
        };
      if (endless) yield* repeated(pieces.at(-1) ?? '', signal);
      if (error === undefined) yield finished(answer);
      else yield { type: 'error', error: { code: 'SidecarCrashed', message: error } };
    } finally {
      this.running -= 1;
    }
  }
}

async function unasked(): Promise<never> {
  throw new Error('The page has no use for this');
}

/** Faster than any model on this kind of machine, and no flood. */
const MS_PER_TOKEN = 4;

async function* repeated(token: string, signal?: AbortSignal): AsyncGenerator<GeneratorChunk> {
  for (;;) {
    signal?.throwIfAborted();
    yield { type: 'token', token };
    await setTimeout(MS_PER_TOKEN);
  }
}

function finished({ pieces, call, finishReason, promptTokens }: FakeAnswer): GeneratorChunk {
  return {
    type: 'metadata',
    finishReason: finishReason ?? (call ? 'tool_calls' : 'stop'),
    stats: {
      promptTokens: promptTokens ?? 10,
      tokensGenerated: pieces.length,
      tokensPerSecond: 9,
      timeToFirstToken: 0.1,
      totalTime: 1,
    },
  };
}
