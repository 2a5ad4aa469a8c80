/** Longest line of a stream, in characters; nothing that a server of ours writes comes near. */
const MAX_LINE = 16 * 1024 * 1024;

/** The `data` of server-sent events, as they arrive. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #events: string[] = [];
  #rest = '';
  #data: string | undefined;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Undefined at the end. An event that the end cut off is no event. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#add(this.#decoder.decode(value, { stream: true }));
    }
  }

  #add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_LINE) throw new Error('The server sent a line without an end.');
    for (const line of lines) this.#addLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #addLine(line: string): void {
    if (line === '') {
      if (this.#data !== undefined) this.#events.push(this.#data);
      this.#data = undefined;
    } else if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    }
  }
}
