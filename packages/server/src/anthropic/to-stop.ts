import { EngineClientError, type AnthropicMessage, type MetadataChunk } from '@mlx/schemas';

type StopReason = NonNullable<AnthropicMessage['stop_reason']>;

/** @param maxTokens the limit that the request set */
export function toStop(end: MetadataChunk, maxTokens: number) {
  return { stop_reason: stopReason(end, maxTokens), stop_sequence: end.stopSequence ?? null };
}

function stopReason(
  { finishReason, stopSequence, stats }: MetadataChunk,
  maxTokens: number,
): StopReason {
  switch (finishReason) {
    case 'length':
      return stats.tokensGenerated < maxTokens ? 'model_context_window_exceeded' : 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'cancelled':
      throw new EngineClientError('Cancelled', 'The answer was cancelled before it was complete.');
    case 'stop':
    case undefined:
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
    default:
      return finishReason satisfies never;
  }
}
