import type { ChatMessage } from '../client/completion-request.ts';
import { namedRandom, pick } from './random.ts';

const FIELDS = ['width', 'height', 'price', 'weight', 'depth', 'amount', 'speed'] as const;
const NAMES = ['box', 'parcel', 'order', 'engine', 'wheel', 'account', 'signal'] as const;
const CITIES = ['Bergen', 'Lisbon', 'Krakow', 'Dublin', 'Geneva'] as const;

/** A request to write code once more with another name in it: an answer that copies and departs once. */
export function renamePrompt(name: string): ChatMessage[] {
  const random = namedRandom(name);
  const method = (): string => {
    const [one, other] = [pick(random, FIELDS), pick(random, FIELDS)];
    return (
      `def ${one}_of_${pick(random, NAMES)}(item, factor=${1 + Math.floor(random() * 90)}):\n` +
      `    """The ${one} of an item, if it has one."""\n` +
      `    if item.${other} is None:\n        return 0\n` +
      `    return item.${one} * factor + item.${other}`
    );
  };
  const code = Array.from({ length: 4 }, method).join('\n\n');
  return copied('Write this code once more, with `item` renamed to `thing`.', code, 'python');
}

/** A request to write JSON once more. */
export function jsonPrompt(name: string): ChatMessage[] {
  const random = namedRandom(name);
  const rows = Array.from({ length: 6 }, () => ({
    id: 1000 + Math.floor(random() * 9000),
    name: pick(random, NAMES),
    city: pick(random, CITIES),
    active: random() < 0.5,
  }));
  return copied('Repeat this JSON exactly.', JSON.stringify({ rows }, null, 1), 'json');
}

function copied(request: string, text: string, language: string): ChatMessage[] {
  return [{ role: 'user', content: `${request}\n\n\`\`\`${language}\n${text}\n\`\`\`` }];
}
