import { create } from 'zustand';
import { newConversation } from '../conversation/new-conversation.js';
import type { Conversation } from '../conversation/schema.js';

interface ConversationState {
  /** The latest first; those without a message are not among them. */
  readonly conversations: readonly Conversation[];
  readonly current: Conversation;
  /** Why conversations are not kept, where they are not. */
  readonly storageNote: string | undefined;
}

/** Everything that was said in this browser, and what is on the screen. */
export const useConversations = create<ConversationState>(() => ({
  conversations: [],
  current: newConversation(),
  storageNote: undefined,
}));

const { getState, setState } = useConversations;

export function findConversation(id: string): Conversation | undefined {
  const { conversations, current } = getState();
  return current.id === id ? current : conversations.find((each) => each.id === id);
}

/** Changes one conversation wherever it is; nothing happens where it was deleted meanwhile. */
export function updateConversation(
  id: string,
  change: (conversation: Conversation) => Conversation,
): void {
  const found = findConversation(id);
  if (!found) return;
  const changed = change(found);
  setState(({ conversations, current }) => ({
    current: current.id === id ? changed : current,
    conversations: conversations.map((each) => (each.id === id ? changed : each)),
  }));
}

/** Brings a conversation to the head of the list: something was asked in it. */
export function touchConversation(conversation: Conversation): void {
  const touched = { ...conversation, updatedAt: Date.now() };
  setState(({ conversations, current }) => ({
    current: current.id === touched.id ? touched : current,
    conversations: [touched, ...conversations.filter(({ id }) => id !== touched.id)],
  }));
}

export function openConversation(conversation: Conversation): void {
  setState({ current: conversation });
}

export function startConversation(): void {
  setState(({ current }) => ({ current: newConversation(current) }));
}

export function deleteConversation(id: string): void {
  setState(({ conversations, current }) => ({
    conversations: conversations.filter((each) => each.id !== id),
    current: current.id === id ? newConversation(current) : current,
  }));
}

export function addConversations(added: readonly Conversation[]): void {
  const ids = new Set(added.map(({ id }) => id));
  setState(({ conversations }) => ({
    conversations: [...added, ...conversations.filter(({ id }) => !ids.has(id))].toSorted(
      (one, other) => other.updatedAt - one.updatedAt,
    ),
  }));
}
