import { createHash } from 'node:crypto';

const KEY_HEADERS = ['authorization', 'x-api-key', 'api-key'];

/** Whose responses a request may see: those of whoever presents the same key. */
export function ownerOf({ headers }: Request): string {
  const presented = KEY_HEADERS.map((name) => headers.get(name) ?? '').join('\n');
  return createHash('sha256').update(presented).digest('base64url');
}
