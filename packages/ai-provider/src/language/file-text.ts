import { UnsupportedFunctionalityError, type LanguageModelV4FilePart } from '@ai-sdk/provider';

/** Media types whose bytes are text that a model can read. */
const READABLE = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript)\b)/;

/**
 * The text of a file.
 * @throws {UnsupportedFunctionalityError} for files that are not text
 */
export function fileText({ data, mediaType }: LanguageModelV4FilePart): string {
  if (data.type === 'text') return data.text;
  if (data.type !== 'data' || !READABLE.test(mediaType)) {
    throw new UnsupportedFunctionalityError({
      functionality: `files of type ${mediaType}`,
      message: `The model reads text only; it cannot be shown a file of type '${mediaType}'.`,
    });
  }
  return new TextDecoder().decode(typeof data.data === 'string' ? bytesOf(data.data) : data.data);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
}
