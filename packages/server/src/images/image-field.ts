import type { GeneratorParams } from '@mlx/schemas';
import type { ClientField } from '../http/client-field.js';
import { placeOf } from './image-part.js';

const PART = /^messages\.(\d+)\.content\.(\d+)(\.detail)?$/;

/** Names an image that the engine refused as the client knows it. */
export function imageField(
  clientField: ClientField,
  prompts: readonly Pick<GeneratorParams, 'messages'>[],
): ClientField {
  return (field) => {
    const [, turn, place, detail = ''] = PART.exec(field) ?? [];
    const content = turn === undefined ? [] : prompts[0]?.messages?.[Number(turn)]?.content;
    const part = Array.isArray(content) ? content[Number(place)] : undefined;
    const known = part && placeOf(part);
    return known === undefined ? clientField(field) : `${known}${detail}`;
  };
}
