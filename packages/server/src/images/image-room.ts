import type { GeneratorParams } from '@mlx/schemas';
import { tooLarge, type BodyLimits } from '../body/read-json.js';

/** Images are many bytes and cheap to read, so that they have room of their own in a body. */
export function withRoomForImages(limits: BodyLimits): BodyLimits {
  return { ...limits, maxBytes: limits.maxBytes + limits.maxImageBytes };
}

/** @throws HttpError 413 where a body of so many bytes is too long without its images */
export function requireShortText(
  bytes: number,
  prompts: readonly Pick<GeneratorParams, 'messages'>[],
  { maxBytes }: BodyLimits,
): void {
  if (bytes <= maxBytes) return;
  const images = prompts.flatMap(({ messages = [] }) => messages).map(imageLength);
  if (bytes - images.reduce((sum, length) => sum + length, 0) > maxBytes) throw tooLarge(maxBytes);
}

function imageLength({ content }: NonNullable<GeneratorParams['messages']>[number]): number {
  if (!Array.isArray(content)) return 0;
  const lengths = content.map((part) => (part.type === 'image' ? part.image.length : 0));
  return lengths.reduce((sum, length) => sum + length, 0);
}
