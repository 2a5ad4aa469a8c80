const NUMBER_BYTES = 4;
/** Stands where a number would, before how many bytes have arrived. */
const ARRIVED = 2 ** 32 - 1;
const NUMBERS = ARRIVED;
/** Bytes that may be on their way: servers cut those off that more is held back for. */
const WINDOW_BYTES = 4 * 2 ** 20;
/** The other side is told of so many at a time. */
const TOLD_BYTES = 2 ** 20;

interface PipeOptions {
  /** Longest message, in bytes. */
  readonly maxMessageBytes: () => number;
  readonly publish: (message: Buffer) => void;
  /** Everything that was written is on its way. */
  readonly onDrain?: () => void;
}

/**
 * One direction each of an ordered stream of bytes over messages that may be lost: messages are
 * numbered, so that a hole is seen, and long ones are cut. What is written in one turn of the
 * event loop travels together; no more is sent than the other side has room for.
 */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #queue: Buffer[] = [];
  #unsent = '';
  #scheduled = false;
  #sent = 0;
  #received = 0;
  #queuedBytes = 0;
  /** Sent, and not known to have arrived. */
  #underWay = 0;
  /** Arrived, and the other side does not know. */
  #untold = 0;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** What waits here because more is under way than may be. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  write(text: string): void {
    this.#unsent += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.flush);
  }

  /** Sends what was written now, as far as there is room. */
  readonly flush = (): void => {
    this.#scheduled = false;
    if (this.#unsent === '') return;
    const bytes = Buffer.from(this.#unsent, 'utf8');
    this.#unsent = '';
    const most = this.#options.maxMessageBytes() - NUMBER_BYTES;
    for (let start = 0; start < bytes.length; start += most) {
      this.#queue.push(bytes.subarray(start, start + most));
    }
    this.#queuedBytes += bytes.length;
    this.#send(WINDOW_BYTES);
  };

  /** Tells the other side that nothing follows what was written. */
  end(): void {
    this.flush();
    this.#send(Infinity);
    this.#publish(Buffer.alloc(0));
  }

  /** The same, and nobody wants what was written any more. */
  abandon(): void {
    this.#unsent = '';
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#publish(Buffer.alloc(0));
  }

  /**
   * The bytes of a message, none for one that tells what has arrived; `end` after the last, `hole`
   * where one is missing or is none of a pipe.
   */
  receive(message: Uint8Array): Buffer | 'end' | 'hole' {
    if (message.length < NUMBER_BYTES) return 'hole';
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
    const number = bytes.readUInt32BE(0);
    if (number === ARRIVED) return this.#hear(bytes);
    if (number !== this.#received) return 'hole';
    this.#received = (this.#received + 1) % NUMBERS;
    if (bytes.length === NUMBER_BYTES) return 'end';
    this.#tell(bytes.length - NUMBER_BYTES);
    return bytes.subarray(NUMBER_BYTES);
  }

  #hear(message: Buffer): Buffer | 'hole' {
    if (message.length !== 2 * NUMBER_BYTES) return 'hole';
    this.#underWay = Math.max(0, this.#underWay - message.readUInt32BE(NUMBER_BYTES));
    if (this.#queue.length > 0) this.#send(WINDOW_BYTES);
    return message.subarray(message.length);
  }

  #tell(bytes: number): void {
    this.#untold += bytes;
    if (this.#untold < TOLD_BYTES) return;
    const message = Buffer.allocUnsafe(2 * NUMBER_BYTES);
    message.writeUInt32BE(ARRIVED, 0);
    message.writeUInt32BE(this.#untold, NUMBER_BYTES);
    this.#untold = 0;
    this.#options.publish(message);
  }

  #send(window: number): void {
    let sent = 0;
    for (const bytes of this.#queue) {
      if (this.#underWay >= window) break;
      this.#publish(bytes);
      this.#underWay += bytes.length;
      this.#queuedBytes -= bytes.length;
      sent += 1;
    }
    this.#queue.splice(0, sent);
    if (this.#queue.length === 0) this.#options.onDrain?.();
  }

  #publish(bytes: Buffer): void {
    const message = Buffer.allocUnsafe(NUMBER_BYTES + bytes.length);
    message.writeUInt32BE(this.#sent, 0);
    bytes.copy(message, NUMBER_BYTES);
    this.#sent = (this.#sent + 1) % NUMBERS;
    this.#options.publish(message);
  }
}
