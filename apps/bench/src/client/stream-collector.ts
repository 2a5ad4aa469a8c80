import { createParser } from 'eventsource-parser';
import { CompletionChunkSchema } from './completion-chunk.ts';
import type { StreamRecord, Usage } from './stream-record.ts';

/** Turns the bytes of one event stream into a record of what came when. Does no I/O. */
export class StreamCollector {
  readonly #startedAt: number;
  readonly #textAt: number[] = [];
  readonly #finishReasons: string[] = [];
  readonly #parser = createParser({ onEvent: (event) => this.#read(event.data) });
  #text = '';
  #usage: Usage | undefined;
  #done = false;
  #arrivedAt = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Bytes as text, which arrived at `at`. */
  feed(text: string, at: number): void {
    this.#arrivedAt = at;
    this.#parser.feed(text);
  }

  /** The record of the finished stream; throws when it was cut short. */
  finish(): StreamRecord {
    if (!this.#done) throw new Error('The event stream ended without [DONE].');
    if (this.#usage === undefined)
      throw new Error('The server sent no usage; tokens cannot be counted.');
    return {
      startedAt: this.#startedAt,
      textAt: this.#textAt,
      endedAt: this.#arrivedAt,
      text: this.#text,
      finishReasons: this.#finishReasons,
      usage: this.#usage,
    };
  }

  #read(data: string): void {
    if (data === '[DONE]') {
      this.#done = true;
      return;
    }
    const chunk = CompletionChunkSchema.parse(JSON.parse(data));
    if (chunk.error !== undefined)
      throw new Error(`The stream carried an error: ${chunk.error.message}`);
    for (const choice of chunk.choices) {
      const content = choice.delta?.content ?? '';
      if (content !== '') {
        this.#text += content;
        this.#textAt.push(this.#arrivedAt);
      }
      if (choice.finish_reason) this.#finishReasons.push(choice.finish_reason);
    }
    if (chunk.usage) {
      this.#usage = {
        promptTokens: chunk.usage.prompt_tokens,
        cachedTokens: chunk.usage.prompt_tokens_details?.cached_tokens ?? 0,
        acceptedDraftTokens: chunk.usage.completion_tokens_details?.accepted_draft_tokens ?? 0,
        completionTokens: chunk.usage.completion_tokens,
      };
    }
  }
}
