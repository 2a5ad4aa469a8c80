import { errorBody } from '../http/error-response.js';
import type { HttpError } from '../http/http-error.js';
import type { AnswerChunk } from './chunks.js';
import { toFinishReason } from './finish-reason.js';
import type { ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

export interface StreamEventsOptions {
  readonly format: ResponseFormat;
  readonly prompts: number;
  readonly answersPerPrompt: number;
  readonly includeUsage: boolean;
  /** What the client is told when the stream fails midway. */
  describeFailure(error: unknown): HttpError;
}

/**
 * The text of a completion's event stream. A stream that fails ends with an
 * error event and without `[DONE]`, which clients would take for success.
 */
export async function* streamEvents(
  chunks: AsyncIterable<AnswerChunk>,
  options: StreamEventsOptions,
): AsyncGenerator<string> {
  try {
    yield* choiceEvents(chunks, options);
    yield 'data: [DONE]\n\n';
  } catch (error) {
    yield event(errorBody(options.describeFailure(error)));
  }
}

async function* choiceEvents(
  chunks: AsyncIterable<AnswerChunk>,
  { format, prompts, answersPerPrompt, includeUsage }: StreamEventsOptions,
): AsyncGenerator<string> {
  const usage = new UsageCounter(answersPerPrompt);
  // OpenAI sends a null usage with every event but the last, when asked for usage.
  const noUsage = includeUsage ? null : undefined;
  const choice = (value: object): string => event(format.event([value], noUsage));

  for (let index = 0; index < prompts * answersPerPrompt; index += 1) {
    const opening = format.opening(index);
    if (opening) yield choice(opening);
  }
  for await (const chunk of chunks) {
    if (chunk.type === 'metadata') {
      usage.add(chunk);
      yield choice(format.ending(chunk.index ?? 0, toFinishReason(chunk)));
    } else if (chunk.token !== '' || chunk.logprobs?.length) {
      yield choice(format.delta(chunk));
    }
  }
  if (includeUsage) yield event(format.event([], usage.read()));
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
