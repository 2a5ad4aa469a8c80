import { EngineClientError, type MetadataChunk, type OpenAIFinishReason } from '@mlx/schemas';
import type { AnswerEnd } from './response-format.js';

export function toEnd(chunk: MetadataChunk): AnswerEnd {
  return { finishReason: toFinishReason(chunk), mismatches: chunk.mismatches };
}

/** Why an answer ended. One that was cut off is an error, never a success. */
export function toFinishReason({ finishReason }: MetadataChunk): OpenAIFinishReason {
  switch (finishReason) {
    case 'stop':
    case 'length':
    case 'tool_calls':
      return finishReason;
    case 'cancelled':
      throw new EngineClientError('Cancelled', 'The answer was cancelled before it was complete.');
    case undefined:
      return 'stop';
    default:
      return finishReason satisfies never;
  }
}
