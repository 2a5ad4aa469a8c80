import type { AnswerWriter } from '../generation/answer-writer.js';
import { errorBody } from '../http/error-response.js';
import { sseEvent } from '../sse/event.js';
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
    errorEvent: (error) => sseEvent(errorBody(error)),
    keepAliveText: ': keep-alive\n\n',
  };
}
