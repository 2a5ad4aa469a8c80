/**
 * Follows the JSON object of a tool call's arguments as it is written, to
 * know when it is whole: at the bracket that closes the first one.
 */
export class CallText {
  text = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;

  /** The arguments are whole. */
  get closed(): boolean {
    return this.#closed;
  }

  add(piece: string): void {
    this.text += piece;
    for (const character of piece) this.#follow(character);
  }

  #follow(character: string): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\') this.#escaped = true;
      else if (character === '"') this.#inString = false;
      return;
    }
    switch (character) {
      case '"':
        this.#inString = true;
        break;
      case '{':
      case '[':
        this.#depth += 1;
        break;
      case '}':
      case ']':
        this.#depth -= 1;
        if (this.#depth === 0) this.#closed = true;
        break;
      default:
    }
  }
}
