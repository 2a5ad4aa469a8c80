import { z } from 'zod';
import { newId } from './new-conversation.js';
import { ConversationSchema, type Conversation, type Message } from './schema.js';
import { settled } from './settle.js';
import { pathOf } from './tree.js';

const FORMAT = 'mlx-chat';

const ExportSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  conversations: z.array(ConversationSchema),
});

/** Conversations as a file that `fromExport` reads. */
export function toExport(conversations: readonly Conversation[]): string {
  return JSON.stringify({ format: FORMAT, version: 1, conversations }, null, 2);
}

/** The conversations of an exported file, as new ones; throws with what is wrong with the file. */
export function fromExport(text: string): readonly Conversation[] {
  return ExportSchema.parse(readJson(text)).conversations.map((conversation) => ({
    ...settled(conversation),
    id: newId(),
  }));
}

/** What is shown of a conversation, as Markdown. */
export function toMarkdown(conversation: Conversation): string {
  const turns = pathOf(conversation).map(
    (message) =>
      `**${speaker(message)}**\n\n${[...attached(message), textOf(message)].join('\n\n')}`,
  );
  return [`# ${conversation.title}`, ...turns].join('\n\n') + '\n';
}

/** What a message says, without what was thought or called on the way. */
export function textOf(message: Message): string {
  return message.role === 'user'
    ? message.text
    : message.rounds
        .map(({ text }) => text)
        .filter((text) => text !== '')
        .join('\n\n');
}

/** The names of files; texts for people need not hold whole images. */
function attached(message: Message): string[] {
  return message.role === 'user' ? message.files.map(({ name }) => `*Attached: ${name}*`) : [];
}

function speaker(message: Message): string {
  return message.role === 'user' ? 'You' : message.model;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The file is not JSON. Choose one that this page exported.');
  }
}
