import type { ChatMessage } from '@mlx/schemas';
import type {
  CallOutputItem,
  CustomToolCallItem,
  FunctionCallItem,
  MessageItem,
  ReasoningItem,
} from '@mlx/schemas/responses';
import type { BodyReader } from '../fields/body-reader.js';
import { AssistantTurn } from './assistant-turn.js';
import { contentParts, contentText } from './content-text.js';
import { asArguments } from '../openai/custom-tools.js';
import { readableItems, type PlacedItem, type ReadableItem } from './readable-items.js';
import { openThoughts } from './sealed-thoughts.js';
import { visibleName } from './tool-names.js';

/**
 * The items of a conversation as the turns that a chat template knows: what
 * the model thought, said and called in a row is one turn of its own.
 *
 * @throws HttpError 400 that names an item which the model cannot be told
 */
export function toTurns(items: readonly PlacedItem[], reader: BodyReader): ChatMessage[] {
  const turns = new Turns(reader);
  for (const { item, path } of readableItems(items, reader)) turns.add(item, path);
  return turns.finished();
}

class Turns {
  readonly #reader: BodyReader;
  readonly #turns: ChatMessage[] = [];
  #assistant: AssistantTurn | undefined;

  constructor(reader: BodyReader) {
    this.#reader = reader;
  }

  add(item: ReadableItem, path: string): void {
    switch (item.type) {
      case undefined:
      case 'message':
        return this.#addMessage(item, path);
      case 'reasoning':
        return this.#addThoughts(item, path);
      case 'function_call':
        return this.#addCall(item, item.arguments);
      case 'custom_tool_call':
        return this.#addCall(item, asArguments(item.input));
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#addOutput(item, path);
      default:
        return item satisfies never;
    }
  }

  finished(): ChatMessage[] {
    this.#endAssistantTurn();
    return this.#turns;
  }

  #addMessage({ role, content }: MessageItem, path: string): void {
    if (role === 'assistant') {
      const text = contentText(content, `${path}.content`);
      if (!this.#spoken().addText(text)) this.#nextTurn().addText(text);
      return;
    }
    this.#endAssistantTurn();
    // Chat templates know the older name of this role only.
    const said = role === 'user' ? contentParts : contentText;
    this.#turns.push({
      role: role === 'developer' ? 'system' : role,
      content: said(content, `${path}.content`),
    });
  }

  #addThoughts(item: ReasoningItem, path: string): void {
    const parts = item.content?.length ? item.content : item.summary;
    const sealed = openThoughts(item.encrypted_content);
    const text = parts.map((part) => part.text).join('\n') || (sealed ?? '');
    if (item.encrypted_content && sealed === undefined) {
      this.#reader.ignore('input[].encrypted_content', `${path}.encrypted_content`);
    }
    if (!this.#spoken().addThoughts(text)) this.#nextTurn().addThoughts(text);
  }

  #addCall(item: FunctionCallItem | CustomToolCallItem, text: string): void {
    this.#spoken().addCall({ id: item.call_id, name: visibleName(item), arguments: text });
  }

  #addOutput({ call_id: toolCallId, output }: CallOutputItem, path: string): void {
    this.#endAssistantTurn();
    this.#turns.push({ role: 'tool', toolCallId, content: contentParts(output, `${path}.output`) });
  }

  #spoken(): AssistantTurn {
    return (this.#assistant ??= new AssistantTurn());
  }

  #nextTurn(): AssistantTurn {
    this.#endAssistantTurn();
    return this.#spoken();
  }

  #endAssistantTurn(): void {
    this.#turns.push(...(this.#assistant?.finished() ?? []));
    this.#assistant = undefined;
  }
}
