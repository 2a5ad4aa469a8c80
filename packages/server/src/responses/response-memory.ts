import type { OpenAIResponse, ResponseInputItem, ResponseRequest } from '@mlx/schemas/responses';
import { HttpError } from '../http/http-error.js';
import type { EventLog } from './event-log.js';
import { newId } from './identifiers.js';
import type { PlacedItem } from './readable-items.js';
import type { ResponseStore, StoredItem } from './response-store.js';

type Input = ResponseRequest['input'];

/** The conversation that a request goes on with. */
export interface Recalled {
  readonly earlier: readonly StoredItem[];
  readonly own: readonly ResponseInputItem[];
}

/** Each item with its place: those of earlier turns came by one reference. */
export function placedItems({ earlier, own }: Recalled): PlacedItem[] {
  return [
    ...earlier.map((item) => ({ item, path: 'previous_response_id' })),
    ...own.map((item, index) => ({ item, path: `input.${index}` })),
  ];
}

/** What one client's requests may refer to, and how their responses are remembered. */
export class ResponseMemory {
  readonly #store: ResponseStore;
  readonly #owner: string;

  constructor(store: ResponseStore, owner: string) {
    this.#store = store;
    this.#owner = owner;
  }

  /**
   * Earlier turns and the request's own, with references resolved.
   *
   * @throws HttpError 404 for a reference to what is not stored
   */
  recall(input: Input, previousId: string | null | undefined): Recalled {
    const earlier = previousId ? this.#previous(previousId) : [];
    return { earlier, own: itemsOf(input).map((item, index) => this.#resolved(item, index)) };
  }

  /**
   * A response is stored when its request asks for it. Of any other the items
   * it made are remembered, as clients refer to them by id unless they were
   * told `store: false`.
   */
  remember(
    response: OpenAIResponse,
    store: boolean | null | undefined,
    { earlier, own }: Recalled,
    events?: EventLog,
  ): void {
    if (store === false) return;
    if (!store) return this.#store.keepItems(this.#owner, response.id, response.output);
    const input = own.map(withId);
    const conversation = [...earlier, ...input, ...response.output];
    this.#store.keep(this.#owner, { response, input, conversation, events });
  }

  #previous(id: string): readonly StoredItem[] {
    const stored = this.#store.find(this.#owner, id);
    if (stored) return stored.conversation;
    throw new HttpError(
      `Previous response with id '${id}' not found. Responses are stored only with 'store': true, in memory, and the oldest are forgotten.`,
      { status: 404, code: 'previous_response_not_found', param: 'previous_response_id' },
    );
  }

  #resolved(item: ResponseInputItem, index: number): ResponseInputItem {
    if (item.type !== 'item_reference') return item;
    const { id } = item;
    const found = this.#store.item(this.#owner, id);
    if (found) return found;
    throw new HttpError(
      `Item with id '${id}' not found. Items are remembered in memory only, and the oldest are forgotten: send the item itself.`,
      { status: 404, code: 'item_not_found', param: `input.${index}` },
    );
  }
}

function itemsOf(input: Input): readonly ResponseInputItem[] {
  if (typeof input !== 'string') return input ?? [];
  return input === '' ? [] : [{ role: 'user', content: input }];
}

const prefixes = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  function_call_output: 'fco',
  custom_tool_call_output: 'ctco',
} as const;

/** As it is listed: with a type and an id, and content in parts. */
function withId(item: ResponseInputItem): StoredItem {
  const type = item.type ?? 'message';
  const prefix = Object.hasOwn(prefixes, type) ? prefixes[type as keyof typeof prefixes] : 'msg';
  const id = typeof item['id'] === 'string' ? item['id'] : newId(prefix);
  if (item.type !== undefined && item.type !== 'message') return { ...item, id };
  const { content, role } = item;
  if (typeof content !== 'string') return { ...item, type: 'message', id };
  const part = role === 'assistant' ? 'output_text' : 'input_text';
  return { ...item, type: 'message', id, content: [{ type: part, text: content }] };
}
