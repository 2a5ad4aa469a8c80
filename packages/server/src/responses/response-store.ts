import type { OpenAIResponse, ResponseInputItem, ResponseOutputItem } from '@mlx/schemas/responses';
import type { EventLog } from './event-log.js';

export interface ResponseStoreLimits {
  readonly maxResponses: number;
  /** Bytes of all that is kept, as JSON. */
  readonly maxBytes: number;
}

export const DEFAULT_STORE_LIMITS: ResponseStoreLimits = {
  maxResponses: 1000,
  maxBytes: 64 * 1024 * 1024,
};

export type StoredItem = ResponseInputItem | ResponseOutputItem;

/** A response that its request asked to have stored. */
export interface StoredResponse {
  readonly response: OpenAIResponse;
  /** What the request sent, each with an id. */
  readonly input: readonly StoredItem[];
  /** All that went before the next turn: earlier turns, the input and the output. */
  readonly conversation: readonly StoredItem[];
  /** Absent: its request did not ask for what could be streamed again. */
  readonly events?: EventLog | undefined;
}

interface Entry {
  readonly stored: StoredResponse | undefined;
  readonly items: readonly StoredItem[];
  readonly bytes: number;
}

/**
 * Remembers responses in memory, for those only who present the same API key;
 * the longest unused are forgotten first.
 */
export class ResponseStore {
  readonly #limits: ResponseStoreLimits;
  /** By owner and response; the longest unused first. */
  readonly #entries = new Map<string, Entry>();
  /** By owner and item: the entry that has it. */
  readonly #items = new Map<string, string>();
  #bytes = 0;

  constructor(limits: ResponseStoreLimits = DEFAULT_STORE_LIMITS) {
    this.#limits = limits;
  }

  keep(owner: string, stored: StoredResponse): void {
    const items = [...stored.input, ...stored.response.output];
    // Earlier turns count too: the list keeps them alive when their own entry is gone.
    const kept = jsonBytes([stored.response, stored.conversation]);
    const bytes = kept + (stored.events?.bytes ?? 0);
    this.#put(owner, stored.response.id, { stored, items, bytes });
  }

  /** Items alone, which later requests may refer to. */
  keepItems(owner: string, id: string, items: readonly StoredItem[]): void {
    this.#put(owner, id, { stored: undefined, items, bytes: jsonBytes(items) });
  }

  find(owner: string, id: string): StoredResponse | undefined {
    const key = keyOf(owner, id);
    const entry = this.#entries.get(key);
    if (entry) this.#touch(key, entry);
    return entry?.stored;
  }

  item(owner: string, id: string): StoredItem | undefined {
    const key = this.#items.get(keyOf(owner, id));
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || !entry) return undefined;
    this.#touch(key, entry);
    return entry.items.find((item) => item['id'] === id);
  }

  delete(owner: string, id: string): boolean {
    const key = keyOf(owner, id);
    const known = this.#entries.get(key)?.stored !== undefined;
    if (known) this.#forget(key);
    return known;
  }

  #put(owner: string, id: string, entry: Entry): void {
    const key = keyOf(owner, id);
    this.#forget(key);
    if (entry.bytes > this.#limits.maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    for (const item of entry.items) {
      if (typeof item['id'] === 'string') this.#items.set(keyOf(owner, item['id']), key);
    }
    for (const [oldest] of this.#entries) {
      if (!this.#isFull()) break;
      this.#forget(oldest);
    }
  }

  #isFull(): boolean {
    const { maxBytes, maxResponses } = this.#limits;
    return this.#bytes > maxBytes || this.#entries.size > maxResponses;
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    const owner = key.slice(0, key.indexOf(' '));
    for (const item of entry.items) {
      const itemKey = keyOf(owner, String(item['id']));
      if (this.#items.get(itemKey) === key) this.#items.delete(itemKey);
    }
  }
}

function keyOf(owner: string, id: string): string {
  return `${owner} ${id}`;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
