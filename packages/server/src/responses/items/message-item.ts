import type { ItemStatus, OutputMessage, OutputTextLogprob } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { newId } from '../identifiers.js';
import { toOutputLogprobs } from '../output-logprobs.js';
import type { ItemEvent, OpenItem } from './open-item.js';

/** What the model says: a message with one part of text. */
export class MessageItemWriter implements OpenItem {
  readonly #id = newId('msg');
  readonly #place: { item_id: string; output_index: number; content_index: number };
  readonly #logprobs: OutputTextLogprob[] = [];
  readonly #withLogprobs: boolean;
  #text = '';

  constructor(outputIndex: number, withLogprobs: boolean) {
    this.#withLogprobs = withLogprobs;
    this.#place = { item_id: this.#id, output_index: outputIndex, content_index: 0 };
  }

  opening(): ItemEvent[] {
    return [{ type: 'response.content_part.added', ...this.#place, part: this.#part() }];
  }

  add(chunk: WrittenChunk): ItemEvent[] {
    const delta = chunk.type === 'token' ? chunk.token : '';
    const logprobs = this.#withLogprobs ? toOutputLogprobs(chunk) : [];
    this.#text += delta;
    this.#logprobs.push(...logprobs);
    if (delta === '' && logprobs.length === 0) return [];
    return [{ type: 'response.output_text.delta', ...this.#place, delta, logprobs }];
  }

  closing(): ItemEvent[] {
    const logprobs = [...this.#logprobs];
    return [
      { type: 'response.output_text.done', ...this.#place, text: this.#text, logprobs },
      { type: 'response.content_part.done', ...this.#place, part: this.#part() },
    ];
  }

  written(status: ItemStatus): OutputMessage {
    const content = status === 'in_progress' && this.#text === '' ? [] : [this.#part()];
    return { type: 'message', id: this.#id, status, role: 'assistant', content };
  }

  #part(): OutputMessage['content'][number] {
    const logprobs = [...this.#logprobs];
    return { type: 'output_text', text: this.#text, annotations: [], logprobs };
  }
}
