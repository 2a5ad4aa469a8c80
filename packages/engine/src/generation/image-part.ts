import { lstatSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChatMessage } from '@mlx/schemas';
import { base64OfDataUrl, imageFault, imageLimits } from '@mlx/schemas/vision';
import { invalidParameter } from '../support/errors.js';

/** What the runtime takes for a piece of a message that is an image. */
export interface WireImagePart {
  readonly text: '';
  readonly allowSpecialTokens: false;
  readonly image: string;
  readonly detail: string | undefined;
}

const REMOTE = /^[a-z][a-z0-9+.-]+:\/\//i;
const DETAILS: ReadonlySet<string | undefined> = new Set([undefined, 'auto', 'low', 'high']);

/**
 * The image of a data URL or of a file on this machine. Throws InvalidParams with `field` for
 * anything else, and for what its first bytes show to be no image that is taken.
 */
export function toImagePart(
  { image, detail }: { readonly image: string; readonly detail?: string | undefined },
  field: string,
): WireImagePart {
  if (!DETAILS.has(detail)) {
    throw invalidImage(`${field}.detail`, "Can be 'auto', 'low' or 'high'");
  }
  const base64 = /^data:/i.test(image) ? base64OfDataUrl(image) : readFile(image, field);
  if (base64 === undefined) {
    throw invalidImage(field, 'The data URL holds no base64: data:image/png;base64,...');
  }
  const fault = imageFault(firstBytes(base64), imageLimits) ?? tooLarge(base64);
  if (fault !== undefined) throw invalidImage(field, fault);
  return { text: '', allowSpecialTokens: false, image: base64, detail };
}

/** Throws InvalidParams that names the first image beyond those that a prompt may have. */
export function refuseTooManyImages(messages: readonly Pick<ChatMessage, 'content'>[]): void {
  const fields = messages.flatMap(({ content }, turn) =>
    Array.isArray(content)
      ? content.flatMap(({ type }, place) =>
          type === 'image' ? [`messages.${turn}.content.${place}`] : [],
        )
      : [],
  );
  const beyond = fields[imageLimits.images];
  if (beyond === undefined) return;
  throw invalidImage(beyond, `A prompt may have ${imageLimits.images} images at most`);
}

function readFile(image: string, field: string): string {
  const isFile = image.startsWith('file://');
  if (!isFile && REMOTE.test(image)) {
    const { protocol } = URL.canParse(image) ? new URL(image) : { protocol: 'remote' };
    throw invalidImage(
      field,
      `Nothing is fetched from a network (${protocol}//...): send the image itself as a data URL`,
    );
  }
  const path = isFile ? fileURLToPath(image) : image;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw invalidImage(field, `There is no file ${path}`);
  if (stats.isDirectory()) throw invalidImage(field, `${path} is a directory`);
  if (stats.size > imageLimits.maxBytes) {
    throw invalidImage(field, `${path} has more than ${imageLimits.maxBytes} bytes`);
  }
  return readFileSync(path).toString('base64');
}

/** Enough for every header; a JPEG may have a thumbnail before its size. */
const HEAD = 4 * 65_536;

function firstBytes(base64: string): Uint8Array {
  return Buffer.from(base64.slice(0, HEAD), 'base64');
}

function tooLarge(base64: string): string | undefined {
  const bytes = Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : 1);
  if (bytes <= imageLimits.maxBytes) return undefined;
  return `The image has more than ${imageLimits.maxBytes} bytes`;
}

/** Programs know the fault by its type. */
function invalidImage(field: string, message: string) {
  return invalidParameter(field, message, 'invalid_image');
}
