const NUMBER_BYTES = 4;
const NUMBERS = 2 ** 32;

interface PipeOptions {
  /** Longest message, in bytes. */
  readonly maxMessageBytes: () => number;
  readonly publish: (message: Buffer) => void;
}

/**
 * One direction each of an ordered stream of bytes over messages that may be lost: messages are
 * numbered, so that a hole is seen, and long ones are cut. What is written in one turn of the
 * event loop travels together.
 */
export class Pipe {
  readonly #options: PipeOptions;
  #unsent = '';
  #scheduled = false;
  #sent = 0;
  #received = 0;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  write(text: string): void {
    this.#unsent += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.flush);
  }

  /** Sends what was written now. */
  readonly flush = (): void => {
    this.#scheduled = false;
    if (this.#unsent === '') return;
    const bytes = Buffer.from(this.#unsent, 'utf8');
    this.#unsent = '';
    const most = this.#options.maxMessageBytes() - NUMBER_BYTES;
    for (let start = 0; start < bytes.length; start += most) {
      this.#send(bytes.subarray(start, start + most));
    }
  };

  /** Tells the other side that nothing follows. */
  end(): void {
    this.flush();
    this.#send(Buffer.alloc(0));
  }

  /** The bytes of a message; `end` after the last, `hole` where one is missing or is none of a pipe. */
  receive(message: Uint8Array): Buffer | 'end' | 'hole' {
    if (message.length < NUMBER_BYTES) return 'hole';
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
    if (bytes.readUInt32BE(0) !== this.#received) return 'hole';
    this.#received = (this.#received + 1) % NUMBERS;
    return bytes.length === NUMBER_BYTES ? 'end' : bytes.subarray(NUMBER_BYTES);
  }

  #send(bytes: Buffer): void {
    const message = Buffer.allocUnsafe(NUMBER_BYTES + bytes.length);
    message.writeUInt32BE(this.#sent, 0);
    bytes.copy(message, NUMBER_BYTES);
    this.#sent = (this.#sent + 1) % NUMBERS;
    this.#options.publish(message);
  }
}
