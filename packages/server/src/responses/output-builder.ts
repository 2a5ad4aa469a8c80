import type { ResponseOutputItem } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { CustomCallItemWriter } from './items/custom-call-item.js';
import { FunctionCallItemWriter } from './items/function-call-item.js';
import { MessageItemWriter } from './items/message-item.js';
import type { ItemEvent, OpenItem } from './items/open-item.js';
import { ReasoningItemWriter, type ReasoningForm } from './items/reasoning-item.js';
import type { ToolSet } from './tool-set.js';

export interface OutputForm {
  readonly tools: ToolSet;
  readonly reasoning: ReasoningForm;
  readonly logprobs: boolean;
}

/** Puts the items of a response together, and tells the events of their making. */
export class OutputBuilder {
  readonly #form: OutputForm;
  readonly #finished: ResponseOutputItem[] = [];
  #open: { readonly key: string; readonly item: OpenItem } | undefined;

  constructor(form: OutputForm) {
    this.#form = form;
  }

  /** All items, the one that is being written among them. */
  get output(): ResponseOutputItem[] {
    return this.#open
      ? [...this.#finished, this.#open.item.written('in_progress')]
      : [...this.#finished];
  }

  add(chunk: WrittenChunk): ItemEvent[] {
    if (chunk.type === 'token' && chunk.token === '' && !chunk.logprobs?.length) return [];
    const key = keyOf(chunk);
    const changed =
      this.#open?.key === key ? [] : [...this.#close('completed'), ...this.#begin(key, chunk)];
    return [...changed, ...(this.#open?.item.add(chunk) ?? [])];
  }

  /** An answer that is whole says something or calls something, if only an empty text. */
  end(status: 'completed' | 'incomplete'): ItemEvent[] {
    const events = this.#close(status);
    const answers = this.#finished.some(({ type }) => type !== 'reasoning');
    if (answers || (status === 'incomplete' && this.#finished.length > 0)) return events;
    const empty = { type: 'token', token: '' } as const;
    return [...events, ...this.#begin(keyOf(empty), empty), ...this.#close(status)];
  }

  #begin(key: string, chunk: WrittenChunk): ItemEvent[] {
    const output_index = this.#finished.length;
    const item = this.#make(chunk, output_index);
    this.#open = { key, item };
    const added = item.written('in_progress');
    return [{ type: 'response.output_item.added', output_index, item: added }, ...item.opening()];
  }

  #close(status: 'completed' | 'incomplete'): ItemEvent[] {
    if (!this.#open) return [];
    const closing = this.#open.item.closing();
    const item = this.#open.item.written(status);
    const output_index = this.#finished.push(item) - 1;
    this.#open = undefined;
    return [...closing, { type: 'response.output_item.done', output_index, item }];
  }

  #make(chunk: WrittenChunk, index: number): OpenItem {
    switch (chunk.type) {
      case 'token':
        return new MessageItemWriter(index, this.#form.logprobs);
      case 'reasoning':
        return new ReasoningItemWriter(index, this.#form.reasoning);
      case 'tool_call': {
        const { id: callId = '', name: shown = '' } = chunk.toolCall;
        const tool = this.#form.tools.called(shown);
        const called = { callId, name: tool?.name ?? shown, namespace: tool?.namespace };
        return tool?.type === 'custom'
          ? new CustomCallItemWriter(index, called)
          : new FunctionCallItemWriter(index, called);
      }
      default:
        return chunk satisfies never;
    }
  }
}

/** Which item a chunk belongs to; a change of it ends one item and begins the next. */
function keyOf(chunk: WrittenChunk): string {
  return chunk.type === 'tool_call' ? `tool_call ${chunk.toolCall.index}` : chunk.type;
}
