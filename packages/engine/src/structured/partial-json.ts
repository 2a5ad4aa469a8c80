/**
 * Reads a JSON text as it is written, and tells at any time what of it is there.
 * The text has to be valid as far as it goes; a grammar sees to that.
 */
export class PartialJson {
  #text = '';
  /** What closes everything that is open, innermost first. */
  #closers = '';
  /** The longest beginning that closers alone complete, with them. */
  #whole = '';
  #inString = false;
  #isKey = false;
  /** 1 behind a backslash, then negative: hexadecimal digits that are missing. */
  #escape = 0;
  #escapeAt = 0;

  push(text: string): void {
    for (const character of text) {
      if (this.#inString) this.#readInString(character);
      else this.#readBetween(character);
    }
  }

  /** The value so far; undefined before it has begun. Strings may be cut, numbers never are. */
  value(): unknown {
    const text = this.#inString && !this.#isKey ? this.#cutString() : this.#whole;
    return text === '' ? undefined : JSON.parse(text);
  }

  #cutString(): string {
    const text = this.#escape === 0 ? this.#text : this.#text.slice(0, this.#escapeAt);
    return `${text}"${this.#closers}`;
  }

  #readInString(character: string): void {
    if (this.#escape === 1) this.#escape = character === 'u' ? -4 : 0;
    else if (this.#escape < 0) this.#escape += 1;
    else if (character === '\\') {
      this.#escape = 1;
      this.#escapeAt = this.#text.length;
    } else if (character === '"') this.#inString = false;
    this.#text += character;
    if (!this.#inString && !this.#isKey) this.#mark();
  }

  #readBetween(character: string): void {
    // A number is known to be whole when something follows it.
    if (character === ',') this.#mark();
    this.#text += character;
    if (character === '"') this.#inString = true;
    else if (character === '{' || character === '[') this.#enter(character);
    else if (character === '}' || character === ']') this.#leave();
    else if (character === ',') this.#isKey = this.#closers.startsWith('}');
    else if (character === ':') this.#isKey = false;
  }

  #enter(character: '{' | '['): void {
    this.#closers = (character === '{' ? '}' : ']') + this.#closers;
    this.#isKey = character === '{';
    this.#mark();
  }

  #leave(): void {
    this.#closers = this.#closers.slice(1);
    this.#mark();
  }

  #mark(): void {
    this.#whole = this.#text + this.#closers;
  }
}
