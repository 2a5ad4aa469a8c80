import type { ModelCapabilities } from '@mlx/engine';
import type { ChatMessage, ContentPart } from '@mlx/schemas';
import { isRemote, joined, placeOf } from '../images/image-part.js';
import type { RemoteImages } from '../images/remote-images.js';
import { NOT_FETCHED, unreadNote } from './block-text.js';
import type { IgnoreField } from './ignore-field.js';

interface Sight {
  readonly known: ModelCapabilities | undefined;
  readonly images: Pick<RemoteImages, 'isAllowed'>;
}

/**
 * Clients of this API send a conversation again and again, so that a note takes the place of each
 * image that the model cannot see, or that is not fetched from where it is.
 */
export function withNotedImages<Params extends { readonly messages?: ChatMessage[] }>(
  params: Params,
  { known, images }: Sight,
  ignore: IgnoreField,
): Params {
  if (known === undefined) return params;
  const unread = (image: string): string | undefined => {
    if (known.vision === null) return 'this model reads text only';
    return isRemote(image) && !images.isAllowed(image) ? NOT_FETCHED : undefined;
  };
  const messages = (params.messages ?? []).map((message) => {
    if (!Array.isArray(message.content)) return message;
    return { ...message, content: joined(message.content.map((part) => noted(part))) };
  });
  return { ...params, messages };

  function noted(part: ContentPart): ContentPart {
    const reason = part.type === 'image' ? unread(part.image) : undefined;
    if (reason === undefined) return part;
    const place = { pattern: 'messages[].content[]', path: placeOf(part) ?? 'messages' };
    return { type: 'text', text: unreadNote('image', place, ignore, reason) };
  }
}
