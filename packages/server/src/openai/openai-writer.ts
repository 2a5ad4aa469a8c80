import type { WrittenChunk } from '@mlx/schemas';
import type { AnswerWriter, StreamWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { oneLine } from '../http/one-line.js';
import { sseEvent } from '../sse/event.js';
import { openAIErrors } from './errors.js';
import { gatherBody } from './gather-body.js';
import { toEnd } from './finish-reason.js';
import type { ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

interface OpenAIWriterOptions {
  readonly format: ResponseFormat;
  readonly prompts: number;
  readonly answersPerPrompt: number;
  readonly includeUsage: boolean;
}

const NO_CHOICES = '"choices":[]';

export function openAIWriter(options: OpenAIWriterOptions): AnswerWriter {
  return {
    body: (chunks) => gatherBody(chunks, options.format, options.answersPerPrompt),
    stream: () => new CompletionStream(options),
    errorEvent: (error) => sseEvent(openAIErrors.body(error)),
    keepAliveText: ': keep-alive\n\n',
  };
}

/** A completion's event stream; `[DONE]` comes only when all answers are complete. */
class CompletionStream implements StreamWriter {
  readonly #options: OpenAIWriterOptions;
  readonly #usage: UsageCounter;
  readonly #choice: (value: object) => string;

  constructor(options: OpenAIWriterOptions) {
    this.#options = options;
    this.#usage = new UsageCounter(options.answersPerPrompt);
    this.#choice = choiceEvents(options);
  }

  opening(): string {
    const { format, prompts, answersPerPrompt } = this.#options;
    let text = '';
    for (let index = 0; index < prompts * answersPerPrompt; index += 1) {
      const opening = format.opening(index);
      if (opening) text += this.#choice(opening);
    }
    return text;
  }

  add(chunk: AnswerChunk): string {
    const { format } = this.#options;
    if (chunk.type === 'metadata') {
      this.#usage.add(chunk);
      return this.#choice(format.ending(chunk.index ?? 0, toEnd(chunk)));
    }
    return chunk.logprobs?.length || saysSomething(chunk) ? this.#choice(format.delta(chunk)) : '';
  }

  ending(): string {
    const { format, includeUsage } = this.#options;
    const usage = includeUsage ? sseEvent(format.event([], this.#usage.read())) : '';
    return `${usage}data: [DONE]\n\n`;
  }
}

/** The text of an event with one choice. What is the same in all of them is written once. */
function choiceEvents({ format, includeUsage }: OpenAIWriterOptions): (value: object) => string {
  // OpenAI sends a null usage with every event but the last, when asked for usage.
  const empty = sseEvent(format.event([], includeUsage ? null : undefined));
  const at = empty.indexOf(NO_CHOICES) + NO_CHOICES.length - 1;
  const before = empty.slice(0, at);
  const after = empty.slice(at);
  return (value) => before + oneLine(value) + after;
}

function saysSomething(chunk: WrittenChunk): boolean {
  return chunk.type !== 'token' || chunk.token !== '';
}
