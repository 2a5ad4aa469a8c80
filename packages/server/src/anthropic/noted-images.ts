import type { ModelCapabilities } from '@mlx/engine';
import type { ChatMessage, ContentPart } from '@mlx/schemas';
import { placeOf } from '../generation/shown-image.js';
import { unreadNote } from './block-text.js';
import type { IgnoreField } from './ignore-field.js';

/**
 * Clients of this API send a conversation again and again, so that for a model which sees no
 * images a note takes the place of each.
 */
export function withNotedImages<Params extends { readonly messages?: ChatMessage[] }>(
  params: Params,
  known: ModelCapabilities | undefined,
  ignore: IgnoreField,
): Params {
  if (known === undefined || known.vision !== null) return params;
  const messages = (params.messages ?? []).map((message) => {
    if (!Array.isArray(message.content)) return message;
    const texts = message.content.map((part) => textOf(part, ignore));
    return { ...message, content: texts.join('') };
  });
  return { ...params, messages };
}

function textOf(part: ContentPart, ignore: IgnoreField): string {
  if (part.type === 'text') return part.text;
  const place = { pattern: 'messages[].content[]', path: placeOf(part) ?? 'messages' };
  return unreadNote('image', place, ignore, 'this model reads text only');
}
