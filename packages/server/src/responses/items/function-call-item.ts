import type { ItemStatus, OutputFunctionCall } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { newId } from '../identifiers.js';
import type { ItemEvent, ItemPlace, OpenItem } from './open-item.js';

export interface CalledTool {
  readonly callId: string;
  readonly name: string;
  readonly namespace: string | null | undefined;
}

/** A call of a function, with its arguments as JSON text. */
export class FunctionCallItemWriter implements OpenItem {
  readonly #id = newId('fc');
  readonly #place: ItemPlace;
  readonly #tool: CalledTool;
  #arguments = '';

  constructor(outputIndex: number, tool: CalledTool) {
    this.#place = { item_id: this.#id, output_index: outputIndex };
    this.#tool = tool;
  }

  opening(): ItemEvent[] {
    return [];
  }

  add(chunk: WrittenChunk): ItemEvent[] {
    const delta = chunk.type === 'tool_call' ? chunk.toolCall.arguments : '';
    if (delta === '') return [];
    this.#arguments += delta;
    return [{ type: 'response.function_call_arguments.delta', ...this.#place, delta }];
  }

  closing(): ItemEvent[] {
    const { name } = this.#tool;
    const whole = { name, arguments: this.#arguments };
    return [{ type: 'response.function_call_arguments.done', ...this.#place, ...whole }];
  }

  written(status: ItemStatus): OutputFunctionCall {
    const { callId, name, namespace } = this.#tool;
    return {
      type: 'function_call',
      id: this.#id,
      status,
      call_id: callId,
      name,
      ...(namespace ? { namespace } : {}),
      arguments: this.#arguments,
    };
  }
}
