import { randomUUID } from 'node:crypto';
import {
  EngineClientError,
  type AnthropicMessage,
  type AnthropicStreamEvent,
  type MetadataChunk,
} from '@mlx/schemas';
import type { AnswerWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { sseEvent } from '../sse/event.js';
import { BlockEvents } from './block-events.js';
import { anthropicErrors } from './errors.js';
import { MessageBlocks } from './message-blocks.js';

/** Writes `message` objects, whole or as the events that build one. */
export function messageWriter(model: string): AnswerWriter {
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  return {
    body: (chunks) => wholeMessage(emptyMessage(id, model), chunks),
    events: (chunks) => messageEvents(emptyMessage(id, model), chunks),
    errorEvent: (error) => sseEvent(anthropicErrors.body(error), 'error'),
    keepAliveText: event({ type: 'ping' }),
  };
}

function emptyMessage(id: string, model: string): AnthropicMessage {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}

async function wholeMessage(
  message: AnthropicMessage,
  chunks: AsyncIterable<AnswerChunk>,
): Promise<object> {
  const blocks = new MessageBlocks();
  for await (const chunk of chunks) {
    if (chunk.type === 'metadata') {
      Object.assign(message, toStop(chunk), { usage: toUsage(chunk) });
    } else {
      blocks.add(chunk);
    }
  }
  return { ...message, content: blocks.finished() };
}

async function* messageEvents(
  message: AnthropicMessage,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<string> {
  yield event({ type: 'message_start', message });
  const blocks = new BlockEvents();
  let end: MetadataChunk | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'metadata') end = chunk;
    else yield* blocks.of(chunk).map(event);
  }
  yield* blocks.end().map(event);
  if (end) yield event({ type: 'message_delta', delta: toStop(end), usage: toUsage(end) });
  yield event({ type: 'message_stop' });
}

function event(value: AnthropicStreamEvent): string {
  return sseEvent(value, value.type);
}

function toUsage({ stats }: MetadataChunk) {
  const cached = stats.cachedTokens ?? 0;
  return {
    // Anthropic counts cached tokens apart from the others.
    input_tokens: (stats.promptTokens ?? 0) - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: stats.tokensGenerated,
  };
}

function toStop({ finishReason, stopSequence }: MetadataChunk) {
  return {
    stop_reason: stopReason(finishReason, stopSequence),
    stop_sequence: stopSequence ?? null,
  };
}

function stopReason(
  finishReason: MetadataChunk['finishReason'],
  stopSequence: string | undefined,
): NonNullable<AnthropicMessage['stop_reason']> {
  switch (finishReason) {
    case 'length':
      return 'max_tokens';
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
