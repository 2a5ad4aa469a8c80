import type { MetadataChunk, WrittenChunk } from '@mlx/schemas';
import type { AnswerWriter, StreamWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { mismatchField } from '../generation/mismatches.js';
import type { HttpError } from '../http/http-error.js';
import { oneLine } from '../http/one-line.js';
import { toFinishReason } from '../openai/finish-reason.js';
import { toLogprobContent } from '../openai/logprobs.js';
import type { AnswerForm, Said } from './answer-form.js';
import { toCounts } from './durations.js';
import { ollamaErrors } from './errors.js';
import { WholeCalls } from './whole-calls.js';

export interface OllamaWriterOptions {
  /** The name as the request has it. */
  readonly model: string;
  readonly form: AnswerForm;
  readonly logprobs: boolean;
}

/** Writes answers as Ollama does: one object, or one line of JSON for each piece. */
export class OllamaWriter implements AnswerWriter {
  readonly contentType = 'application/x-ndjson';
  readonly #options: OllamaWriterOptions;
  readonly #calls = new WholeCalls();

  constructor(options: OllamaWriterOptions) {
    this.#options = options;
  }

  /** Clients parse every line, so this is one that says nothing. */
  get keepAliveText(): string {
    return line(this.#piece({}));
  }

  async body(chunks: AsyncIterable<AnswerChunk>): Promise<object> {
    const said = { text: '', thinking: '', toolCalls: [] as object[] };
    const logprobs: object[] = [];
    let ending: object = {};
    for await (const chunk of chunks) {
      const piece = this.#said(chunk);
      said.text += piece.text ?? '';
      said.thinking += piece.thinking ?? '';
      said.toolCalls.push(...(piece.toolCalls ?? []));
      if (chunk.type === 'metadata') ending = endingOf(chunk);
      else logprobs.push(...this.#logprobs(chunk));
    }
    return { ...this.#piece(said, logprobs), ...ending };
  }

  stream(): StreamWriter {
    return { opening: () => '', add: (chunk) => this.#lines(chunk), ending: () => '' };
  }

  errorEvent(error: HttpError): string {
    return line(ollamaErrors.body(error));
  }

  #lines(chunk: AnswerChunk): string {
    const said = this.#said(chunk);
    if (chunk.type === 'metadata') {
      const calls = said.toolCalls?.length ? line(this.#piece(said)) : '';
      return calls + line({ ...this.#piece({}), ...endingOf(chunk) });
    }
    const logprobs = this.#logprobs(chunk);
    return saysSomething(said) || logprobs.length > 0 ? line(this.#piece(said, logprobs)) : '';
  }

  #piece(said: Said, logprobs: readonly object[] = []): object {
    return {
      model: this.#options.model,
      created_at: new Date().toISOString(),
      ...this.#options.form(said),
      ...(logprobs.length > 0 ? { logprobs } : {}),
      done: false,
    };
  }

  #said(chunk: AnswerChunk): Said {
    switch (chunk.type) {
      case 'token':
        return { text: chunk.token };
      case 'reasoning':
        return { thinking: chunk.text };
      case 'tool_call':
        return { toolCalls: this.#calls.add(chunk.toolCall) };
      case 'metadata':
        return { toolCalls: this.#calls.end() };
      default:
        return chunk satisfies never;
    }
  }

  #logprobs(chunk: WrittenChunk): object[] {
    return this.#options.logprobs ? toLogprobContent(chunk) : [];
  }
}

function endingOf(chunk: MetadataChunk): object {
  const reason = toFinishReason(chunk) === 'length' ? 'length' : 'stop';
  const mismatches = mismatchField(chunk.mismatches);
  return { done: true, done_reason: reason, ...mismatches, ...toCounts(chunk.stats) };
}

function saysSomething({ text, thinking, toolCalls }: Said): boolean {
  return Boolean(text) || Boolean(thinking) || Boolean(toolCalls?.length);
}

function line(value: object): string {
  return `${oneLine(value)}\n`;
}
