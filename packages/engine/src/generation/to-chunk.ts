import type { ErrorChunk, FinishReason, MetadataChunk, TokenChunk } from '@mlx/schemas';
import type { EngineClientError, GenerationStats } from '@mlx/schemas';
import type { WireFinish, WireTokenLogprob } from '@mlx/schemas/wire';

/** Which answer a chunk belongs to; undefined when there is only one. */
type Index = number | undefined;

/** What rows of one answer amount to until somebody takes it. */
export interface PendingText {
  text: string;
  tokenIds: number[];
  logprobs: WireTokenLogprob[] | undefined;
}

export function toTokenChunk({ text, tokenIds, logprobs }: PendingText, index: Index): TokenChunk {
  const chunk: TokenChunk = { type: 'token', token: text, tokenIds };
  if (logprobs !== undefined) {
    chunk.logprobs = logprobs;
    chunk.logprob = logprobs.at(-1)?.logprob;
  }
  if (index !== undefined) chunk.index = index;
  return chunk;
}

export function toMetadataChunk(
  stats: GenerationStats,
  finish: WireFinish,
  index: Index,
): MetadataChunk {
  const { stopSequence } = finish;
  const finishReason = toFinishReason(finish.reason);
  const chunk: MetadataChunk = { type: 'metadata', stats, finishReason, stopSequence };
  if (index !== undefined) chunk.index = index;
  return chunk;
}

export function toErrorChunk(error: EngineClientError, index: Index): ErrorChunk {
  const { code, message, retryable, details } = error;
  const chunk: ErrorChunk = { type: 'error', error: { code, message, retryable, details } };
  if (index !== undefined) chunk.index = index;
  return chunk;
}

function toFinishReason(reason: WireFinish['reason']): FinishReason | undefined {
  return reason === 'error' ? undefined : reason;
}
