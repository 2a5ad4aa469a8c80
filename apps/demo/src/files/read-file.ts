import { imageFacts, imageFault, type ImageFormat } from '@mlx/schemas/vision';
import type { Attachment } from '../conversation/schema.js';

/** More than the context of most models holds; a request's body has its limits too. */
const MAX_TEXT_BYTES = 1024 * 1024;

/**
 * What a model is shown of a file: an image by its content, whatever its name, or a text; throws
 * what to do for one that is neither, or is too large.
 */
export async function readFile(file: File): Promise<Attachment> {
  const content = await file.arrayBuffer();
  const facts = imageFacts(new Uint8Array(content));
  return facts ? readImage(file.name, content, facts.format) : readText(file.name, content);
}

async function readImage(
  name: string,
  content: ArrayBuffer,
  format: ImageFormat,
): Promise<Attachment> {
  const fault = imageFault(new Uint8Array(content));
  if (fault !== undefined) throw new Error(`${name}: ${fault}.`);
  return { name, image: await toDataUrl(new Blob([content], { type: `image/${format}` })) };
}

function readText(name: string, content: ArrayBuffer): Attachment {
  if (content.byteLength > MAX_TEXT_BYTES) {
    throw new Error(`${name} has more than 1 MiB: attach the part that matters.`);
  }
  const text = decode(content);
  if (text === undefined || text.includes('\0')) {
    throw new Error(
      `${name} is not a text in UTF-8 and not an image that models take: PNG, JPEG, WebP or GIF.`,
    );
  }
  return { name, text };
}

function decode(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('loadend', () => {
      const { result, error } = reader;
      if (typeof result === 'string') resolve(result);
      else reject(error ?? new Error('The file cannot be read.'));
    });
    reader.readAsDataURL(blob);
  });
}
