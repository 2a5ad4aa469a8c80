import type { Attachment } from '../conversation/schema.js';

/** More than the context of most models holds; a request's body has its limits too. */
const MAX_BYTES = 1024 * 1024;

/** The text of a file; throws what to do for one that is not text. */
export async function readTextFile(file: File): Promise<Attachment> {
  if (file.size > MAX_BYTES) {
    throw new Error(`${file.name} has more than 1 MiB: attach the part that matters.`);
  }
  const text = decode(await file.arrayBuffer());
  if (text === undefined || text.includes('\0')) {
    throw new Error(`${file.name} is not a text file. Models here read text only, in UTF-8.`);
  }
  return { name: file.name, text };
}

function decode(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
