import type { ContentPart } from '@mlx/schemas';
import { base64OfDataUrl, imageFault, isBase64 } from '@mlx/schemas/vision';
import { badRequest, unsupported } from '../http/parse-body.js';

export type ImagePart = Extract<ContentPart, { type: 'image' }>;

/** Where in its request an image stood. */
const places = new WeakMap<ContentPart, string>();

export function placeOf(part: ContentPart): string | undefined {
  return places.get(part);
}

/** Base64 that holds every header, also of a JPEG with a thumbnail. */
const HEAD = 4 * 65_536;

/**
 * The image of a data URL.
 *
 * @throws HttpError 400 that names an address, which nothing is fetched from, or what is no image
 */
export function imageOfUrl(url: string, path: string, detail: string | undefined): ImagePart {
  if (/^https?:/i.test(url)) {
    throw unsupported(path, 'Images are not fetched from an address: send a data URL.');
  }
  const base64 = base64OfDataUrl(url);
  if (base64 === undefined) {
    throw notAnImage(path, 'expected a data URL such as data:image/png;base64,...');
  }
  return imageOfBase64(base64, path, detail);
}

/** @throws HttpError 400 for what the first bytes show to be no image that is taken */
export function imageOfBase64(base64: string, path: string, detail?: string): ImagePart {
  if (!isBase64(base64)) throw notAnImage(path, 'expected base64');
  const fault = imageFault(Buffer.from(base64.slice(0, HEAD), 'base64'));
  if (fault !== undefined) throw notAnImage(path, fault);
  if (detail !== undefined && !['auto', 'low', 'high'].includes(detail)) {
    throw notAnImage(`${path}.detail`, "expected 'auto', 'low' or 'high'");
  }
  const part: ImagePart = {
    type: 'image',
    image: `data:;base64,${base64}`,
    ...(detail ? { detail } : {}),
  };
  places.set(part, path);
  return part;
}

/** Text alone as one text, as most turns are. */
export function joined(parts: readonly ContentPart[]): string | ContentPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('') : [...parts];
}

function notAnImage(path: string, fault: string) {
  return badRequest(`Invalid '${path}': ${fault}.`, 'invalid_image', path);
}
