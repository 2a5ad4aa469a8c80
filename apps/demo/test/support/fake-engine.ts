import { setTimeout } from 'node:timers/promises';
import { EngineClientError, type GeneratorChunk } from '@mlx/schemas';
import type { ServingEngine } from '@mlx/server';

/** What a fake model sends: pieces of text, then an end or an error. */
export interface FakeAnswer {
  readonly pieces: readonly string[];
  /** Thought before the first of them. */
  readonly reasoning?: string;
  readonly error?: string;
  /** Keep sending the last piece until the request is aborted. */
  readonly endless?: boolean;
}

/** A model that says what a test wants: hostile text that no honest model would write. */
export class FakeEngine implements ServingEngine {
  answer: FakeAnswer = { pieces: ['Hello.'] };
  running = 0;

  async listModels() {
    return [
      {
        descriptor: { id: 'acme/parrot', path: '/models/parrot' },
        state: 'ready' as const,
        contextLength: 128,
        metadata: {},
        draft: false,
      },
    ];
  }

  async capabilities(): Promise<never> {
    throw new EngineClientError('ModelNotLoaded', 'The page does not ask what it can do');
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
    _params: object,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<GeneratorChunk> {
    const { pieces, reasoning, error, endless } = this.answer;
    this.running += 1;
    try {
      if (reasoning !== undefined) yield { type: 'reasoning', text: reasoning };
      for (const token of pieces) yield { type: 'token', token };
      if (endless) yield* repeated(pieces.at(-1) ?? '', signal);
      if (error === undefined) yield finished(pieces.length);
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

function finished(tokensGenerated: number): GeneratorChunk {
  return {
    type: 'metadata',
    finishReason: 'stop',
    stats: { tokensGenerated, tokensPerSecond: 9, timeToFirstToken: 0.1, totalTime: 1 },
  };
}
