import { NO_SETTINGS } from '../settings/settings-schema.js';
import type { Answer, Conversation, Round } from './schema.js';

/** Unique also where `crypto.randomUUID` is missing: pages from afar over plain HTTP. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** An empty one; settings, model and tools are those of `like`, the one before. */
export function newConversation(like?: Conversation): Conversation {
  const now = Date.now();
  return {
    id: newId(),
    title: 'New chat',
    named: false,
    createdAt: now,
    updatedAt: now,
    model: like?.model ?? '',
    settings: like?.settings ?? NO_SETTINGS,
    messages: [],
    chosen: {},
    allowedTools: [],
    toolServers: like?.toolServers ?? [],
  };
}

export const EMPTY_ROUND: Round = { text: '', reasoning: '', calls: [] };

export function newAnswer(parent: string, model: string): Answer {
  return { role: 'assistant', id: newId(), parent, model, rounds: [EMPTY_ROUND], state: 'waiting' };
}

const TITLE_LENGTH = 60;

/** The first words of the first question. */
export function titleOf(text: string): string {
  const line = text.trim().split(/\s+/).join(' ');
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).trimEnd()}…`;
}
