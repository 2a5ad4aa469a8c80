import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeyOptions } from './api-key-options.js';
import { KeyLimits } from './key-limits.js';

/** A key that a request came with. */
export interface KnownKey {
  readonly name: string;
  readonly limits: KeyLimits;
}

interface StoredKey extends KnownKey {
  readonly digest: Buffer;
}

/** The keys that open a server. Only their digests are kept. */
export class KeyRing {
  readonly #keys: readonly StoredKey[];

  constructor(keys: readonly ApiKeyOptions[]) {
    this.#keys = keys.map((key) => ({
      name: key.name,
      digest: Buffer.from(key.sha256, 'hex'),
      limits: new KeyLimits(key),
    }));
  }

  /**
   * Digests have one length whatever the key's, and all are compared whichever
   * matches: how long it takes tells nothing.
   */
  find(presented: string): KnownKey | undefined {
    const digest = createHash('sha256').update(presented).digest();
    let found: KnownKey | undefined;
    for (const key of this.#keys) {
      if (timingSafeEqual(digest, key.digest)) found = key;
    }
    return found;
  }
}

/** What is kept of a key. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
