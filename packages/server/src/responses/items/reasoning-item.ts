import type { ItemStatus, OutputReasoning } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { newId } from '../identifiers.js';
import { sealThoughts } from '../sealed-thoughts.js';
import type { ItemEvent, ItemPlace, OpenItem } from './open-item.js';

export interface ReasoningForm {
  /** Give the thoughts as `summary`, which is what clients show, not as `content`. */
  readonly asSummary: boolean;
  /** Also give them in the form that clients send back. */
  readonly sealed: boolean;
}

/**
 * What the model thinks before it answers. Nobody sums it up: a summary is
 * the thoughts themselves.
 */
export class ReasoningItemWriter implements OpenItem {
  readonly #id = newId('rs');
  readonly #place: ItemPlace;
  readonly #form: ReasoningForm;
  #text = '';

  constructor(outputIndex: number, form: ReasoningForm) {
    this.#place = { item_id: this.#id, output_index: outputIndex };
    this.#form = form;
  }

  opening(): ItemEvent[] {
    return [this.#partEvent('added')];
  }

  add(chunk: WrittenChunk): ItemEvent[] {
    const delta = chunk.type === 'reasoning' ? chunk.text : '';
    if (delta === '') return [];
    this.#text += delta;
    return this.#form.asSummary
      ? [{ type: 'response.reasoning_summary_text.delta', ...this.#place, summary_index: 0, delta }]
      : [{ type: 'response.reasoning_text.delta', ...this.#place, content_index: 0, delta }];
  }

  closing(): ItemEvent[] {
    const text = this.#text;
    const done: ItemEvent = this.#form.asSummary
      ? { type: 'response.reasoning_summary_text.done', ...this.#place, summary_index: 0, text }
      : { type: 'response.reasoning_text.done', ...this.#place, content_index: 0, text };
    return [done, this.#partEvent('done')];
  }

  written(status: ItemStatus): OutputReasoning {
    const parts = status === 'in_progress' && this.#text === '' ? [] : [this.#part()];
    const { asSummary, sealed } = this.#form;
    return {
      type: 'reasoning',
      id: this.#id,
      status,
      summary: asSummary ? parts : [],
      ...(asSummary ? {} : { content: parts }),
      ...(sealed && status !== 'in_progress'
        ? { encrypted_content: sealThoughts(this.#text) }
        : {}),
    };
  }

  #part() {
    const type = this.#form.asSummary ? 'summary_text' : 'reasoning_text';
    return { type, text: this.#text };
  }

  #partEvent(what: 'added' | 'done'): ItemEvent {
    const part = this.#part();
    return this.#form.asSummary
      ? { type: `response.reasoning_summary_part.${what}`, ...this.#place, summary_index: 0, part }
      : { type: `response.content_part.${what}`, ...this.#place, content_index: 0, part };
  }
}
