import {
  ForeignItemType,
  HostedItemType,
  type CallOutputItem,
  type CustomToolCallItem,
  type FunctionCallItem,
  type MessageItem,
  type ReasoningItem,
  type ResponseInputItem,
} from '@mlx/schemas/responses';
import type { BodyReader } from '../fields/body-reader.js';
import { unsupported } from '../http/parse-body.js';

/** An item that a model can be told. */
export type ReadableItem =
  MessageItem | FunctionCallItem | CustomToolCallItem | CallOutputItem | ReasoningItem;

/** An item, and where the request has it. */
export interface PlacedItem<Item = ResponseInputItem> {
  readonly item: Item;
  readonly path: string;
}

const hosted: ReadonlySet<unknown> = new Set(HostedItemType.options);
const foreign: ReadonlySet<unknown> = new Set([...ForeignItemType.options, 'item_reference']);

/**
 * The items that become turns. What a hosted tool left is told to the reader.
 *
 * @throws HttpError 400 that names an item which the model cannot be told
 */
export function readableItems(
  items: readonly PlacedItem[],
  reader: BodyReader,
): PlacedItem<ReadableItem>[] {
  return items.flatMap(({ item, path }) => {
    if (isReadable(item)) return [{ item, path }];
    const { type } = item;
    if (!hosted.has(type)) {
      throw unsupported(`${path}.type`, `Leave out items of type '${type}'.`);
    }
    reader.ignore(`input[${type}]`, `${path}.type`);
    return [];
  });
}

function isReadable(item: ResponseInputItem): item is ReadableItem {
  return !hosted.has(item.type) && !foreign.has(item.type);
}
