import { randomUUID } from 'node:crypto';
import type { AnthropicMessage, AnthropicStreamEvent, MetadataChunk } from '@mlx/schemas';
import type { AnswerWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { sseEvent } from '../sse/event.js';
import { BlockEvents } from './block-events.js';
import { anthropicErrors } from './errors.js';
import { MessageBlocks } from './message-blocks.js';
import { toStop } from './to-stop.js';
import { toFirstUsage, toUsage } from './to-usage.js';

/** Writes `message` objects, whole or as the events that build one. */
export function messageWriter(model: string, maxTokens: number): AnswerWriter {
  const message = emptyMessage(model);
  return {
    body: (chunks) => wholeMessage(message, maxTokens, chunks),
    events: (chunks) => messageEvents(message, maxTokens, chunks),
    errorEvent: (error) => sseEvent(anthropicErrors.body(error), 'error'),
    keepAliveText: event({ type: 'ping' }),
  };
}

function emptyMessage(model: string): AnthropicMessage {
  return {
    id: `msg_${randomUUID().replaceAll('-', '')}`,
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
  maxTokens: number,
  chunks: AsyncIterable<AnswerChunk>,
): Promise<object> {
  const blocks = new MessageBlocks();
  let end: MetadataChunk | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'metadata') end = chunk;
    else blocks.add(chunk);
  }
  const ending = end ? { ...toStop(end, maxTokens), usage: toUsage(end) } : {};
  return { ...message, ...ending, content: blocks.finished() };
}

async function* messageEvents(
  message: AnthropicMessage,
  maxTokens: number,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<string> {
  const blocks = new BlockEvents();
  let begun = false;
  let end: MetadataChunk | undefined;
  for await (const chunk of chunks) {
    // What the prompt cost is known with the first chunk; until then there are pings.
    if (!begun) yield event(start(message, chunk));
    begun = true;
    if (chunk.type === 'metadata') end = chunk;
    else yield* blocks.of(chunk).map(event);
  }
  yield* blocks.end().map(event);
  if (end) {
    yield event({ type: 'message_delta', delta: toStop(end, maxTokens), usage: toUsage(end) });
  }
  yield event({ type: 'message_stop' });
}

function start(message: AnthropicMessage, first: AnswerChunk): AnthropicStreamEvent {
  return { type: 'message_start', message: { ...message, usage: toFirstUsage(first) } };
}

function event(value: AnthropicStreamEvent): string {
  return sseEvent(value, value.type);
}
