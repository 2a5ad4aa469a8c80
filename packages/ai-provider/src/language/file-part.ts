import { UnsupportedFunctionalityError, type LanguageModelV4FilePart } from '@ai-sdk/provider';
import type { ImagePart, TextPart } from './generation-request.js';

/** Media types whose bytes are text that a model can read. */
const READABLE = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript)\b)/;
const IMAGE = /^image(?:\/|$)/;

type File = Pick<LanguageModelV4FilePart, 'data' | 'mediaType' | 'providerOptions'>;

/**
 * What a model is shown of a file: its text, or the image that it is.
 * @throws {UnsupportedFunctionalityError} for other files
 */
export function filePart({ data, mediaType, providerOptions }: File): TextPart | ImagePart {
  if (data.type === 'text') return { type: 'text', text: data.text };
  if (data.type === 'data' && IMAGE.test(mediaType)) {
    const detail = providerOptions?.['mlx']?.['imageDetail'];
    const image = `data:${mediaType};base64,${toBase64(data.data)}`;
    return { type: 'image', image, ...(typeof detail === 'string' ? { detail } : {}) };
  }
  if (data.type === 'data' && READABLE.test(mediaType)) {
    const bytes = typeof data.data === 'string' ? bytesOf(data.data) : data.data;
    return { type: 'text', text: new TextDecoder().decode(bytes) };
  }
  throw new UnsupportedFunctionalityError({
    functionality: `files of type ${mediaType}`,
    message: `Models read texts and see images; they cannot be shown a file of type '${mediaType}' as ${data.type}.`,
  });
}

/** One text where there is nothing else, as most turns are. */
export function joined(parts: readonly (TextPart | ImagePart)[], between = '') {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join(between) : [...parts];
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
}

/** In pieces: a call has room for so many arguments only. */
function toBase64(data: Uint8Array | string): string {
  if (typeof data === 'string') return data;
  const size = 32_768;
  const pieces = Array.from({ length: Math.ceil(data.length / size) }, (_, index) =>
    String.fromCodePoint(...data.subarray(index * size, (index + 1) * size)),
  );
  return btoa(pieces.join(''));
}
