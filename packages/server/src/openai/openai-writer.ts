import type { AnswerWriter } from '../generation/answer-writer.js';
import type { WrittenChunk } from '@mlx/schemas';
import type { AnswerChunk } from '../generation/chunks.js';
import { sseEvent } from '../sse/event.js';
import { openAIErrors } from './errors.js';
import { gatherBody } from './gather-body.js';
import { toFinishReason } from './finish-reason.js';
import type { ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

interface OpenAIWriterOptions {
  readonly format: ResponseFormat;
  readonly prompts: number;
  readonly answersPerPrompt: number;
  readonly includeUsage: boolean;
}

export function openAIWriter(options: OpenAIWriterOptions): AnswerWriter {
  return {
    body: (chunks) => gatherBody(chunks, options.format, options.answersPerPrompt),
    events: (chunks) => streamEvents(chunks, options),
    errorEvent: (error) => sseEvent(openAIErrors.body(error)),
    keepAliveText: ': keep-alive\n\n',
  };
}

/** A completion's event stream; `[DONE]` comes only when all answers are complete. */
async function* streamEvents(
  chunks: AsyncIterable<AnswerChunk>,
  { format, prompts, answersPerPrompt, includeUsage }: OpenAIWriterOptions,
): AsyncGenerator<string> {
  const usage = new UsageCounter(answersPerPrompt);
  // OpenAI sends a null usage with every event but the last, when asked for usage.
  const noUsage = includeUsage ? null : undefined;
  const choice = (value: object): string => sseEvent(format.event([value], noUsage));

  for (let index = 0; index < prompts * answersPerPrompt; index += 1) {
    const opening = format.opening(index);
    if (opening) yield choice(opening);
  }
  for await (const chunk of chunks) {
    if (chunk.type === 'metadata') {
      usage.add(chunk);
      yield choice(format.ending(chunk.index ?? 0, toFinishReason(chunk)));
    } else if (chunk.logprobs?.length || saysSomething(chunk)) {
      yield choice(format.delta(chunk));
    }
  }
  if (includeUsage) yield sseEvent(format.event([], usage.read()));
  yield 'data: [DONE]\n\n';
}

function saysSomething(chunk: WrittenChunk): boolean {
  return chunk.type !== 'token' || chunk.token !== '';
}
