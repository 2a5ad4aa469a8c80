import type { Conversation } from '../conversation/schema.js';
import { addConversations, useConversations } from './conversation-store.js';
import { readConversations, removeConversation, writeConversation } from './database.js';

/** Streams change a conversation many times a second; it is written once they pause for this long. */
const WRITE_AFTER_MS = 400;

const NOT_KEPT = 'This browser does not keep data for this page: chats are lost when it is closed.';

/** Reads what the browser has kept, then keeps every change. */
export async function keepConversations(): Promise<void> {
  try {
    addConversations(await readConversations());
  } catch {
    useConversations.setState({ storageNote: NOT_KEPT });
    return;
  }
  const waiting = new Map<string, Conversation>();
  let timer: number | undefined;
  const write = (): void => {
    window.clearTimeout(timer);
    timer = undefined;
    for (const conversation of waiting.values()) writeConversation(conversation).catch(reportLoss);
    waiting.clear();
  };
  useConversations.subscribe(({ conversations }, { conversations: before }) => {
    if (conversations === before) return;
    const known = new Map(before.map((each) => [each.id, each]));
    for (const each of conversations) {
      if (known.get(each.id) !== each) waiting.set(each.id, each);
      known.delete(each.id);
    }
    for (const id of known.keys()) {
      waiting.delete(id);
      removeConversation(id).catch(reportLoss);
    }
    timer ??= window.setTimeout(write, WRITE_AFTER_MS);
  });
  window.addEventListener('pagehide', write);
}

function reportLoss(): void {
  useConversations.setState({ storageNote: NOT_KEPT });
}
