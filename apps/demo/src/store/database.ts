import { openDB, type IDBPDatabase } from 'idb';
import { ConversationSchema, type Conversation } from '../conversation/schema.js';
import { settled } from '../conversation/settle.js';

const STORE = 'conversations';

let opened: Promise<IDBPDatabase> | undefined;

function database(): Promise<IDBPDatabase> {
  opened ??= openDB('mlx-chat', 1, {
    upgrade: (created) => void created.createObjectStore(STORE, { keyPath: 'id' }),
  });
  return opened;
}

/** All that this browser keeps, the latest first; what cannot be read is left where it is. */
export async function readConversations(): Promise<readonly Conversation[]> {
  const stored: unknown[] = await (await database()).getAll(STORE);
  return stored
    .map((value) => ConversationSchema.safeParse(value).data)
    .filter((value) => value !== undefined)
    .map(settled)
    .toSorted((one, other) => other.updatedAt - one.updatedAt);
}

export async function writeConversation(conversation: Conversation): Promise<void> {
  await (await database()).put(STORE, conversation);
}

export async function removeConversation(id: string): Promise<void> {
  await (await database()).delete(STORE, id);
}
