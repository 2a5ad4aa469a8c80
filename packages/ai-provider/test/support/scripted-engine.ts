import type { MlxChunk, MlxEngine } from '../../src/index.js';

type Params = Parameters<MlxEngine['chatStream']>[0];

type Script = (run: number) => Iterable<MlxChunk> | AsyncIterable<MlxChunk>;

/** An engine that says what a test wants, one list of chunks for each generation. */
export class ScriptedEngine implements MlxEngine {
  readonly asked: Params[] = [];
  /** Generations that were left before their end. */
  left = 0;
  reasoningOptions: string[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async *chatStream(params: Params): AsyncGenerator<MlxChunk, void, void> {
    this.asked.push(params);
    let over = false;
    try {
      yield* this.#script(this.asked.length - 1);
      over = true;
    } finally {
      if (!over) this.left += 1;
    }
  }

  async capabilities() {
    return { reasoningOptions: this.reasoningOptions };
  }

  async embed({ input }: { input: string[] }) {
    return { embeddings: input.map(() => [1, 0]), promptTokens: input.length };
  }

  async rerank({ documents }: { documents: string[] }) {
    return { results: documents.map((_, index) => ({ index, score: 0.5 })), promptTokens: 1 };
  }
}

export const token = (text: string): MlxChunk => ({ type: 'token', token: text });
export const thought = (text: string): MlxChunk => ({ type: 'reasoning', text });

export const call = (index: number, text: string, name?: string): MlxChunk => ({
  type: 'tool_call',
  toolCall: { index, arguments: text, ...(name === undefined ? {} : { id: `id-${index}`, name }) },
});

export const end = (
  finishReason: 'stop' | 'length' | 'tool_calls' | 'cancelled' = 'stop',
): MlxChunk => ({
  type: 'metadata',
  finishReason,
  stats: {
    tokensGenerated: 5,
    tokensPerSecond: 10,
    timeToFirstToken: 0.1,
    totalTime: 0.5,
    promptTokens: 9,
    cachedTokens: 4,
    reasoningTokens: 2,
    draftTokensAccepted: 3,
  },
});
