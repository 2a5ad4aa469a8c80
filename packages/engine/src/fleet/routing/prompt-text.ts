import { createHash } from 'node:crypto';
import type { WirePromptInput } from '@mlx/schemas/wire';

type Chat = Extract<WirePromptInput, { type: 'chat' }>;
type Message = Chat['messages'][number];
type Part = NonNullable<Message['parts']>[number];

/** An image stands for about as many characters as its tokens would. */
const DIGESTS_PER_IMAGE = 32;

/** All that a prompt says, in the order in which models read it; equal prompts, equal text. */
export function promptText(prompt: WirePromptInput): string {
  switch (prompt.type) {
    case 'text':
      return prompt.text;
    case 'tokens':
      return prompt.tokens.join(' ');
    case 'chat':
      return chatText(prompt);
    default:
      return prompt satisfies never;
  }
}

function chatText({ messages, tools = [] }: Chat): string {
  return [...tools.map((tool) => JSON.stringify(tool)), ...messages.map(messageText)].join('\n');
}

function messageText(message: Message): string {
  const { parts } = message;
  return JSON.stringify(parts === undefined ? message : { ...message, parts: parts.map(partText) });
}

function partText({ image, ...part }: Part): Part {
  if (image === undefined) return part;
  const digest = createHash('sha256').update(image).digest('hex');
  return { ...part, image: digest.repeat(DIGESTS_PER_IMAGE) };
}
