import { randomUUID } from 'node:crypto';
import type { AnthropicMessage, AnthropicStreamEvent, MetadataChunk } from '@mlx/schemas';
import type { AnswerWriter, StreamWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { mismatchField } from '../generation/mismatches.js';
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
    stream: () => new MessageStream(message, maxTokens),
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
  const ending = end
    ? { ...toStop(end, maxTokens), usage: toUsage(end), ...mismatchField(end.mismatches) }
    : {};
  return { ...message, ...ending, content: blocks.finished() };
}

class MessageStream implements StreamWriter {
  readonly #message: AnthropicMessage;
  readonly #maxTokens: number;
  readonly #blocks = new BlockEvents();
  #begun = false;
  #end: MetadataChunk | undefined;

  constructor(message: AnthropicMessage, maxTokens: number) {
    this.#message = message;
    this.#maxTokens = maxTokens;
  }

  /** What the prompt cost is known with the first chunk; until then there are pings. */
  opening(): string {
    return '';
  }

  add(chunk: AnswerChunk): string {
    const begin = this.#begun ? '' : event(start(this.#message, chunk));
    this.#begun = true;
    if (chunk.type !== 'metadata') return begin + events(this.#blocks.of(chunk));
    this.#end = chunk;
    return begin;
  }

  ending(): string {
    const end = this.#end;
    const delta = end ? event(messageDelta(end, this.#maxTokens)) : '';
    return events(this.#blocks.end()) + delta + event({ type: 'message_stop' });
  }
}

function messageDelta(end: MetadataChunk, maxTokens: number): AnthropicStreamEvent {
  const told = { usage: toUsage(end), ...mismatchField(end.mismatches) };
  return { type: 'message_delta', delta: toStop(end, maxTokens), ...told };
}

function start(message: AnthropicMessage, first: AnswerChunk): AnthropicStreamEvent {
  return { type: 'message_start', message: { ...message, usage: toFirstUsage(first) } };
}

function event(value: AnthropicStreamEvent): string {
  return sseEvent(value, value.type);
}

function events(values: readonly AnthropicStreamEvent[]): string {
  return values.map(event).join('');
}
