const BEGINNING = /^\s*\{\s*"input"\s*:\s*"/;

/** Escapes of a JSON string that stand for one character. */
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const UNICODE_ESCAPE_LENGTH = 6;

/**
 * Reads the text out of `{"input": "…"}` while that is being written, cut
 * anywhere. What has another form is taken as it is, once it is whole.
 */
export class InputText {
  #unread = '';
  #state: 'before' | 'inside' | 'after' = 'before';
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** The text that became known with this piece. */
  add(piece: string): string {
    this.#unread += piece;
    if (this.#state === 'before') this.#begin();
    return this.#state === 'inside' ? this.#read() : '';
  }

  /** What is left to say when no more comes. */
  end(): string {
    if (this.#state !== 'before') return '';
    this.#text = this.#unread;
    return this.#unread;
  }

  #begin(): void {
    const [beginning] = BEGINNING.exec(this.#unread) ?? [];
    if (beginning === undefined) return;
    this.#unread = this.#unread.slice(beginning.length);
    this.#state = 'inside';
  }

  #read(): string {
    let read = '';
    let at = 0;
    while (at < this.#unread.length) {
      const character = this.#unread.charAt(at);
      if (character === '"') {
        this.#state = 'after';
        at = this.#unread.length;
        break;
      }
      const length = character === '\\' ? this.#escapeLength(at) : 1;
      if (at + length > this.#unread.length) break;
      read += length === 1 ? character : unescaped(this.#unread.slice(at, at + length));
      at += length;
    }
    this.#unread = this.#unread.slice(at);
    this.#text += read;
    return read;
  }

  #escapeLength(at: number): number {
    return this.#unread.charAt(at + 1) === 'u' ? UNICODE_ESCAPE_LENGTH : 2;
  }
}

function unescaped(escape: string): string {
  if (escape.length === 2) return ESCAPED[escape.charAt(1)] ?? escape;
  return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
}
