import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';

/** Parts that the SDK takes of a stream whose reader has left before it asks for no more. */
const PARTS_AHEAD = 14;
/** How much of a slow answer they may span, in milliseconds. */
const SPAN_MS = 150;

const PING: LanguageModelV4StreamPart = { type: 'ping' };

/**
 * Fills the SDK's queues where a model is slow: fourteen tokens of such a
 * model are seconds of work for somebody who may have left. Parts that mean
 * nothing take the places of most of them; a fast model needs none.
 */
export class ReadAhead {
  #since = performance.now();
  /** Places that time has given and no part has taken yet. */
  #places = 0;

  /** What to send behind so many parts. */
  padding(parts: number): LanguageModelV4StreamPart[] {
    const now = performance.now();
    const given = ((now - this.#since) / SPAN_MS) * PARTS_AHEAD;
    this.#since = now;
    const left = Math.max(0, Math.min(this.#places + given, PARTS_AHEAD) - parts);
    const pings = Math.floor(left);
    this.#places = left - pings;
    return Array.from({ length: pings }, () => PING);
  }
}
