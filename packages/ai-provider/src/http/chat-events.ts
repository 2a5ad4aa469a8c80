import type { ChosenLogprob, MlxStats, TokenLogprob } from '../engine.js';
import type { TransportChunk } from '../transport/transport.js';

/** What is read of an event; a server may send more. */
export interface ChatEvent {
  readonly id?: string;
  readonly model?: string;
  readonly created?: number;
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly logprobs?: { readonly content?: readonly Logprob[] | null } | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Usage | null;
}

interface Entry {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: number[] | null;
}

interface Logprob extends Entry {
  readonly top_logprobs?: readonly Entry[];
}

interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  readonly completion_tokens_details?: {
    readonly reasoning_tokens?: number;
    readonly accepted_prediction_tokens?: number;
    readonly rejected_prediction_tokens?: number;
    readonly accepted_draft_tokens?: number;
  };
}

/** The elements of an answer in its events. The end is known once all events are. */
export class ChatEvents {
  readonly #startedAt: number;
  #firstAt: number | undefined;
  #introduced = false;
  #finishReason: string | undefined;
  #usage: Usage = {};

  /** @param startedAt `performance.now()` of the request */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  read(event: ChatEvent): TransportChunk[] {
    const chunks: TransportChunk[] = [];
    if (!this.#introduced) {
      this.#introduced = true;
      chunks.push(introduction(event));
    }
    for (const { delta = {}, logprobs, finish_reason: reason } of event.choices ?? []) {
      chunks.push(...toChunks(delta, (logprobs?.content ?? []).map(toLogprob)));
      if (typeof reason === 'string') this.#finishReason = reason;
    }
    if (event.usage) this.#usage = event.usage;
    if (this.#firstAt === undefined && chunks.some(({ type }) => type !== 'response')) {
      this.#firstAt = performance.now();
    }
    return chunks;
  }

  /** @param complete the server said that nothing is missing */
  end(complete: boolean): TransportChunk {
    const reason = this.#finishReason;
    if (!complete || reason === undefined) return { type: 'interrupted' };
    return { type: 'metadata', stats: this.#stats(), finishReason: toReason(reason) };
  }

  /** The server tells tokens; the times are those of this side. */
  #stats(): MlxStats {
    const { completion_tokens: tokens = 0, completion_tokens_details: details = {} } = this.#usage;
    const now = performance.now();
    const totalTime = (now - this.#startedAt) / 1000;
    const timeToFirstToken = ((this.#firstAt ?? now) - this.#startedAt) / 1000;
    const seconds = totalTime - timeToFirstToken;
    return {
      tokensGenerated: tokens,
      tokensPerSecond: tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0,
      timeToFirstToken,
      totalTime,
      promptTokens: this.#usage.prompt_tokens,
      cachedTokens: this.#usage.prompt_tokens_details?.cached_tokens,
      reasoningTokens: details.reasoning_tokens,
      acceptedPredictionTokens: details.accepted_prediction_tokens,
      rejectedPredictionTokens: details.rejected_prediction_tokens,
      draftTokensAccepted: details.accepted_draft_tokens,
    };
  }
}

type WrittenChunk = Extract<TransportChunk, { type: 'token' | 'reasoning' | 'tool_call' }>;
type Delta = NonNullable<NonNullable<ChatEvent['choices']>[number]['delta']>;

/** Log-probabilities go with the first chunk of their event, which may have none besides. */
function toChunks(delta: Delta, logprobs: ChosenLogprob[]): TransportChunk[] {
  const chunks: WrittenChunk[] = [];
  const thought = delta.reasoning_content ?? delta.reasoning;
  if (thought) chunks.push({ type: 'reasoning', text: thought });
  if (delta.content) chunks.push({ type: 'token', token: delta.content });
  for (const { index, id, function: called = {} } of delta.tool_calls ?? []) {
    const { name, arguments: text = '' } = called;
    chunks.push({ type: 'tool_call', toolCall: { index, id, name, arguments: text } });
  }
  if (logprobs.length === 0) return chunks;
  const [first = { type: 'token', token: '' }, ...rest] = chunks;
  return [{ ...first, logprobs }, ...rest];
}

function toLogprob({ top_logprobs: top = [], ...entry }: Logprob): ChosenLogprob {
  return { ...toEntry(entry), top: top.map(toEntry) };
}

function toEntry({ token: text, logprob, bytes }: Entry): TokenLogprob {
  return { text, logprob, ...(bytes ? { bytes } : {}) };
}

function introduction({ id, model, created }: ChatEvent): TransportChunk {
  return {
    type: 'response',
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { modelId: model }),
    ...(created === undefined ? {} : { timestamp: new Date(created * 1000) }),
  };
}

function toReason(reason: string): 'stop' | 'length' | 'tool_calls' | undefined {
  return reason === 'stop' || reason === 'length' || reason === 'tool_calls' ? reason : undefined;
}
