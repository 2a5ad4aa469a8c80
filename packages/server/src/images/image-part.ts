import type { ContentPart } from '@mlx/schemas';
import { isBase64 } from '@mlx/schemas/vision';
import { badRequest } from '../http/parse-body.js';

export type ImagePart = Extract<ContentPart, { type: 'image' }>;

/** Where in its request an image stood. */
const places = new WeakMap<ContentPart, string>();

export function placeOf(part: ContentPart): string | undefined {
  return places.get(part);
}

/**
 * The image of a data URL, or of an address that it may be fetched from later. What is in it the
 * engine looks at.
 *
 * @throws HttpError 400 that names what is neither: clients read no files of this machine
 */
export function imageOfUrl(url: string, path: string, detail?: string): ImagePart {
  if (isRemote(url) || /^data:/i.test(url)) return partAt(path, url, detail);
  throw notAnImage(path, 'expected a data URL such as data:image/png;base64,...');
}

/** @throws HttpError 400 for what is no base64 */
export function imageOfBase64(base64: string, path: string): ImagePart {
  if (!isBase64(base64)) throw notAnImage(path, 'expected base64');
  return partAt(path, `data:;base64,${base64}`);
}

/** The same image with its content in place of its address. */
export function withContent(part: ImagePart, content: Buffer): ImagePart {
  const image = `data:;base64,${content.toString('base64')}`;
  return partAt(placeOf(part) ?? 'messages', image, part.detail);
}

export function isRemote(url: string): boolean {
  return /^https?:/i.test(url);
}

/** Text alone as one text, as most turns are. */
export function joined(parts: readonly ContentPart[]): string | ContentPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('') : [...parts];
}

function partAt(path: string, image: string, detail?: string): ImagePart {
  const part: ImagePart = { type: 'image', image, ...(detail ? { detail } : {}) };
  places.set(part, path);
  return part;
}

function notAnImage(path: string, fault: string) {
  return badRequest(`Invalid '${path}': ${fault}.`, 'invalid_image', path);
}
