import { imageFacts } from './image-facts.js';

/** What every server of this project takes; `capabilities` tell it of a model, too. */
export const imageLimits = {
  /** Most images of one prompt. */
  images: 64,
  /** Most bytes of one image's file. */
  maxBytes: 20 * 1024 * 1024,
  /** Most pixels of one image. */
  maxPixels: 50_000_000,
  /** Most times that one edge may be as long as the other. */
  maxAspectRatio: 200,
  formats: ['png', 'jpeg', 'webp', 'gif'],
} as const;

type SizeLimits = Readonly<Record<'maxBytes' | 'maxPixels' | 'maxAspectRatio', number>>;

/** Why an image's file would be refused, as far as its first bytes tell; undefined: it would not. */
export function imageFault(
  bytes: Uint8Array,
  { maxBytes, maxPixels, maxAspectRatio }: SizeLimits = imageLimits,
): string | undefined {
  if (bytes.byteLength > maxBytes) {
    return `The image has ${count(bytes.byteLength)} bytes, and ${count(maxBytes)} are allowed`;
  }
  const facts = imageFacts(bytes);
  if (facts === undefined) return 'The image is none of PNG, JPEG, WebP, GIF';
  const { width, height } = facts;
  if (width === 0 || height === 0) return 'The image has no pixels';
  const size = `The image has ${width} x ${height} pixels`;
  if (width * height > maxPixels) {
    return `${size}, and ${count(maxPixels)} are allowed: make it smaller`;
  }
  if (Math.max(width, height) <= maxAspectRatio * Math.min(width, height)) return undefined;
  return `${size}, and an edge may be ${maxAspectRatio} times as long as the other: crop it`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
