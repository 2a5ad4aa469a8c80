import { isUtf8 } from 'node:buffer';
import { GrowingBuffer } from './growing-buffer.js';

const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines, wherever the chunks happen to be cut. Does no
 * I/O. Holds at most `maxLineBytes` of an unfinished line: a longer one is
 * thrown away up to its newline and counted.
 */
export class LineDecoder {
  /** Lines dropped because they were longer than the limit. */
  oversized = 0;
  /** Lines dropped because they were not UTF-8. */
  invalid = 0;

  readonly #maxLineBytes: number;
  readonly #unfinished: GrowingBuffer;
  #discarding = false;

  /** @param maxLineBytes longest line accepted, its newline not included */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
    this.#unfinished = new GrowingBuffer(maxLineBytes);
  }

  /** Bytes held back because their line has not ended. */
  get bufferedBytes(): number {
    return this.#unfinished.length;
  }

  /** Takes the next bytes and returns the lines they complete, without newlines. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    const first = chunk.indexOf(NEWLINE);
    if (first === -1) {
      this.#hold(chunk);
      return lines;
    }
    let start = 0;
    if (this.#discarding || this.#unfinished.length > 0) {
      this.#finishLine(chunk.subarray(0, first), lines);
      start = first + 1;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= start) this.#decodeLines(chunk.subarray(start, last), lines);
    if (last + 1 < chunk.length) this.#hold(chunk.subarray(last + 1));
    return lines;
  }

  #hold(bytes: Buffer): void {
    if (this.#discarding || this.#unfinished.append(bytes)) return;
    this.#unfinished.clear();
    this.#discarding = true;
    this.oversized += 1;
  }

  #finishLine(rest: Buffer, lines: string[]): void {
    this.#hold(rest);
    if (this.#discarding) {
      this.#discarding = false;
      return;
    }
    this.#decodeLine(this.#unfinished.view(), lines);
    this.#unfinished.clear();
  }

  /** `region` holds whole lines; one check and one decoding serve them all when they are sound. */
  #decodeLines(region: Buffer, lines: string[]): void {
    if (region.length <= this.#maxLineBytes && isUtf8(region)) {
      for (const line of region.toString('utf8').split('\n')) if (line !== '') lines.push(line);
      return;
    }
    let start = 0;
    while (start <= region.length) {
      const found = region.indexOf(NEWLINE, start);
      const end = found === -1 ? region.length : found;
      this.#decodeLine(region.subarray(start, end), lines);
      start = end + 1;
    }
  }

  #decodeLine(bytes: Buffer, lines: string[]): void {
    if (bytes.length > this.#maxLineBytes) this.oversized += 1;
    else if (!isUtf8(bytes)) this.invalid += 1;
    else if (bytes.length > 0) lines.push(bytes.toString('utf8'));
  }
}
