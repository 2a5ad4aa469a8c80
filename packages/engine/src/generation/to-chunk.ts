import type {
  ErrorChunk,
  FinishReason,
  MetadataChunk,
  WrittenChunk,
  EngineClientError,
  GenerationStats,
} from '@mlx/schemas';
import type { WireFinish, WirePromptUse } from '@mlx/schemas/wire';
import type { Pending } from './pending.js';

/** Which answer a chunk belongs to; undefined when there is only one. */
type Index = number | undefined;

export function toWrittenChunk(
  pending: Pending,
  index: Index,
  prompt?: WirePromptUse,
): WrittenChunk {
  const chunk = toWritten(pending);
  const { logprobs } = pending;
  if (logprobs !== undefined) {
    chunk.logprobs = logprobs;
    chunk.logprob = logprobs.at(-1)?.logprob;
  }
  if (index !== undefined) chunk.index = index;
  if (prompt !== undefined) chunk.prompt = prompt;
  return chunk;
}

function toWritten(pending: Pending): WrittenChunk {
  const { tokenIds } = pending;
  switch (pending.type) {
    case 'token':
      return { type: 'token', token: pending.text, tokenIds };
    case 'reasoning':
      return { type: 'reasoning', text: pending.text, tokenIds };
    case 'tool_call':
      return { type: 'tool_call', toolCall: pending.toolCall, tokenIds };
    default:
      return pending satisfies never;
  }
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
