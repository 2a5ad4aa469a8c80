import type { ItemStatus, OutputCustomToolCall } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { InputText } from '../../openai/input-text.js';
import { newId } from '../identifiers.js';
import type { CalledTool } from './function-call-item.js';
import type { ItemEvent, ItemPlace, OpenItem } from './open-item.js';

/** A call of a custom tool, whose plain text the model wrote as JSON. */
export class CustomCallItemWriter implements OpenItem {
  readonly #id = newId('ctc');
  readonly #place: ItemPlace;
  readonly #tool: CalledTool;
  readonly #input = new InputText();

  constructor(outputIndex: number, tool: CalledTool) {
    this.#place = { item_id: this.#id, output_index: outputIndex };
    this.#tool = tool;
  }

  opening(): ItemEvent[] {
    return [];
  }

  add(chunk: WrittenChunk): ItemEvent[] {
    return this.#deltas(
      chunk.type === 'tool_call' ? this.#input.add(chunk.toolCall.arguments) : '',
    );
  }

  closing(): ItemEvent[] {
    const rest = this.#deltas(this.#input.end());
    const input = this.#input.text;
    return [...rest, { type: 'response.custom_tool_call_input.done', ...this.#place, input }];
  }

  written(status: ItemStatus): OutputCustomToolCall {
    const { callId, name, namespace } = this.#tool;
    return {
      type: 'custom_tool_call',
      id: this.#id,
      status,
      call_id: callId,
      name,
      ...(namespace ? { namespace } : {}),
      input: this.#input.text,
    };
  }

  #deltas(delta: string): ItemEvent[] {
    if (delta === '') return [];
    return [{ type: 'response.custom_tool_call_input.delta', ...this.#place, delta }];
  }
}
