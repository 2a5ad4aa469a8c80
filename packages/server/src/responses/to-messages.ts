import type { ChatMessage } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { PlacedItem } from './readable-items.js';
import { toTurns } from './to-turns.js';

/** Instructions stand before the conversation, as one turn with what else the system says there. */
export function toMessages(
  instructions: string | null | undefined,
  items: readonly PlacedItem[],
  reader: BodyReader,
): ChatMessage[] {
  const turns = toTurns(items, reader);
  const spoken = turns.findIndex(({ role }) => role !== 'system');
  const leading = spoken === -1 ? turns.length : spoken;
  const said = turns
    .slice(0, leading)
    .flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
  const system = [instructions ?? '', ...said].filter((text) => text !== '').join('\n\n');
  const rest = turns.slice(leading);
  return system === '' ? rest : [{ role: 'system', content: system }, ...rest];
}
