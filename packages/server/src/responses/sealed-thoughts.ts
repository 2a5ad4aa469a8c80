/**
 * Clients that keep nothing on a server ask for `encrypted_content` and send
 * it back. Thoughts are no secret from those whom they were told: the value
 * holds the text itself.
 */
const PREFIX = 'mlx1.';

export function sealThoughts(text: string): string {
  return PREFIX + Buffer.from(text, 'utf8').toString('base64url');
}

/** The thoughts of a value that this server gave; undefined for any other. */
export function openThoughts(sealed: string | null | undefined): string | undefined {
  if (!sealed?.startsWith(PREFIX)) return undefined;
  return Buffer.from(sealed.slice(PREFIX.length), 'base64url').toString('utf8');
}
