import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 8192;

/** Cuts stderr into lines for a log; a longer line is cut short, odd bytes become U+FFFD. */
export class StderrLines {
  readonly #decoder = new StringDecoder('utf8');
  #unfinished = '';

  push(chunk: Buffer): string[] {
    const lines = (this.#unfinished + this.#decoder.write(chunk)).split('\n');
    this.#unfinished = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    return lines.filter((line) => line !== '').map((line) => line.slice(0, LONGEST_LINE));
  }
}
