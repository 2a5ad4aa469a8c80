import { EngineClientError, errorFromChunk } from '@mlx/schemas';
import type { GeneratorChunk, MetadataChunk, ToolCall, ToolCallDelta } from '@mlx/schemas';

export interface CollectedAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly end: MetadataChunk;
}

/** Reads the one answer of a stream to its end; an error in the stream is thrown. */
export async function collectAnswer(
  chunks: AsyncIterable<GeneratorChunk>,
): Promise<CollectedAnswer> {
  let text = '';
  let reasoning = '';
  const toolCalls: ToolCall[] = [];
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'token':
        text += chunk.token;
        break;
      case 'reasoning':
        reasoning += chunk.text;
        break;
      case 'tool_call':
        addToolCall(toolCalls, chunk.toolCall);
        break;
      case 'metadata':
        return { text, reasoning, toolCalls, end: chunk };
      case 'error':
        throw errorFromChunk(chunk);
      default:
        chunk satisfies never;
    }
  }
  throw new EngineClientError('InternalError', 'The generation ended without its last chunk');
}

/** Puts a piece where it belongs; the first one of a call has its id and name. */
export function addToolCall(calls: ToolCall[], delta: ToolCallDelta): void {
  const known = calls[delta.index];
  if (known === undefined) {
    const { index, id = '', name = '', arguments: text } = delta;
    calls[index] = { id, name, arguments: text };
  } else {
    known.arguments += delta.arguments;
  }
}
