import type { ItemStatus, ResponseOutputItem, ResponseStreamEvent } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';

/** An event that has not been given its number yet. */
export interface ItemEvent {
  readonly type: ResponseStreamEvent['type'];
  readonly [field: string]: unknown;
}

/** One item of the output while the model writes it. */
export interface OpenItem {
  /** What follows the event that the item was added. */
  opening(): ItemEvent[];
  add(chunk: WrittenChunk): ItemEvent[];
  /** What comes before the event that the item is done. */
  closing(): ItemEvent[];
  /** The item as far as it is written; thoughts are sealed once they are over. */
  written(status: ItemStatus): ResponseOutputItem;
}

/** Where an item stands, as all of its events tell. */
export interface ItemPlace {
  readonly item_id: string;
  readonly output_index: number;
}
