import {
  EngineClientError,
  type GeneratorChunk,
  type GeneratorParams,
  type MetadataChunk,
  type ModelHandle,
} from '@mlx/schemas';
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

  async healthCheck() {
    return { healthy: this.healthy };
  }

  /** One token per character, so that tests can predict it. */
  async countTokens({ messages }: { messages: { content: unknown }[] }) {
    return messages.map(({ content }) => String(content)).join('').length;
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

  async *createGenerator(
    params: GeneratorParams,
    options: { signal?: AbortSignal; tenant?: string } = {},
  ): AsyncGenerator<GeneratorChunk> {
    const signal = options.signal ?? new AbortController().signal;
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
