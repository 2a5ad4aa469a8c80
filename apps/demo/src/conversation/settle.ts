import { UNFINISHED, type Conversation, type Message } from './schema.js';

/** As stored: what was being written when the page was left has been stopped. */
export function settled(conversation: Conversation): Conversation {
  return { ...conversation, messages: conversation.messages.map(settleMessage) };
}

/** Whether it is being written. */
export function isRunning(message: Message | undefined): boolean {
  return message?.role === 'assistant' && UNFINISHED.some((state) => state === message.state);
}

function settleMessage(message: Message): Message {
  return message.role === 'assistant' && isRunning(message)
    ? { ...message, state: 'stopped', note: 'The page was left before the answer was complete.' }
    : message;
}
