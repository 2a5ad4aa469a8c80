import type { ChatMessage } from '../client/completion-request.ts';
import { namedRandom, pick } from './random.ts';

const PEOPLE = ['Anna', 'Thomas', 'Maria', 'Peter', 'Julia', 'Robert'] as const;
const THINGS = ['the old clock', 'a green boat', 'the kitchen table', 'a heavy door'] as const;
const TOWNS = ['Bergen', 'Lisbon', 'Krakow', 'Dublin', 'Geneva'] as const;
const DAYS = ['Monday', 'Tuesday', 'Thursday', 'Saturday'] as const;

/** A request to write a text of some sentences once more: an answer that mostly copies. */
export function rewritePrompt(name: string): ChatMessage[] {
  const random = namedRandom(name);
  const sentence = (): string =>
    `On ${pick(random, DAYS)} ${pick(random, PEOPLE)} went to ${pick(random, TOWNS)} to repair ` +
    `${pick(random, THINGS)}, and ${pick(random, PEOPLE)} paid ${10 + Math.floor(random() * 80)} coins for it.`;
  const text = Array.from({ length: 8 }, sentence).join(' ');
  return [
    { role: 'user', content: `Repeat the following text word for word.\n\n${text}` },
    { role: 'assistant', content: `Here is the text, word for word:\n\n${text}` },
    { role: 'user', content: 'Once more, please.' },
  ];
}
