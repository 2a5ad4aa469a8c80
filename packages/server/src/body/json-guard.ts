import { HttpError } from '../http/http-error.js';

export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth: number;
  /** Most objects and arrays: what makes a small body slow to parse. */
  readonly maxContainers: number;
  /** Most values, counted by the commas between them. */
  readonly maxValues: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Bounds the cost of `JSON.parse` before it runs. It reads the bytes as they
 * arrive, a chunk per event-loop turn, so a hostile body is refused early and
 * nobody else waits. It does not validate: the parser does.
 */
export class JsonGuard {
  readonly #limits: JsonLimits;
  #depth = 0;
  #containers = 0;
  #values = 0;
  #inString = false;
  #escaped = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#inString) at = this.#skipString(bytes, at);
      else {
        this.#outsideString(bytes[at] ?? 0);
        at += 1;
      }
    }
  }

  /** Where the string ends that `at` is in, or the bytes do; images are long strings. */
  #skipString(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote === -1 ? bytes.length : quote;
      let backslashes = 0;
      while (end - backslashes > at && bytes[end - backslashes - 1] === BACKSLASH) backslashes += 1;
      // What was escaped at the end of the bytes before counts where nothing stands between.
      if (this.#escaped && backslashes === end - at) backslashes += 1;
      this.#escaped = backslashes % 2 === 1;
      if (quote === -1) return end;
      at = quote + 1;
      if (!this.#escaped) break;
      this.#escaped = false;
    }
    this.#inString = false;
    return at;
  }

  #outsideString(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        break;
      case COMMA:
        this.#values += 1;
        if (this.#values > this.#limits.maxValues) throw tooMany('values', this.#limits.maxValues);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#open();
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#depth -= 1;
        break;
      default:
    }
  }

  #open(): void {
    this.#depth += 1;
    this.#containers += 1;
    if (this.#depth > this.#limits.maxDepth) {
      throw new HttpError(`The body is nested deeper than ${this.#limits.maxDepth} levels.`, {
        status: 400,
        code: 'json_too_deep',
      });
    }
    if (this.#containers > this.#limits.maxContainers) {
      throw tooMany('objects and arrays', this.#limits.maxContainers);
    }
  }
}

function tooMany(what: string, limit: number): HttpError {
  return new HttpError(`The body holds more than ${limit.toLocaleString('en-US')} ${what}.`, {
    status: 400,
    code: 'json_too_large',
  });
}
