import type { AnswerWriter } from '../generation/answer-writer.js';
import { sseEvent } from '../sse/event.js';
import { openAIErrors } from './errors.js';
import { collect } from './collect.js';
import type { ResponseFormat } from './response-format.js';
import { streamEvents } from './stream-events.js';

export interface OpenAIWriterOptions {
  readonly format: ResponseFormat;
  readonly prompts: number;
  readonly answersPerPrompt: number;
  readonly includeUsage: boolean;
}

export function openAIWriter(options: OpenAIWriterOptions): AnswerWriter {
  return {
    body: (chunks) => collect(chunks, options.format, options.answersPerPrompt),
    events: (chunks) => streamEvents(chunks, options),
    errorEvent: (error) => sseEvent(openAIErrors.body(error)),
    keepAliveText: ': keep-alive\n\n',
  };
}
