import type { ChosenLogprob } from '../engine.js';
import type { TransportChunk } from '../transport/transport.js';

interface Passage {
  /** Text, thoughts, or one of the calls. */
  readonly key: string;
  text: string;
}

/** What of an answer was handed out, and how much of it another run of the same request has written again. */
export class Written {
  readonly #diverged: () => Error;
  readonly #passages: Passage[] = [];
  #replaying = false;
  #passage = 0;
  #offset = 0;

  /** @param diverged what to throw when the other run writes something else */
  constructor(diverged: () => Error) {
    this.#diverged = diverged;
  }

  add(chunk: TransportChunk): void {
    const said = passageOf(chunk);
    if (said === undefined) return;
    const last = this.#passages.at(-1);
    if (last?.key === said.key) last.text += said.text;
    else this.#passages.push(said);
  }

  /** The answer begins again. */
  startOver(): void {
    this.#replaying = this.#passages.length > 0;
    this.#passage = 0;
    this.#offset = 0;
  }

  /** What of a chunk was not handed out yet; undefined when all of it was. */
  unread(chunk: TransportChunk): TransportChunk | undefined {
    if (!this.#replaying) return chunk;
    const said = passageOf(chunk);
    if (said === undefined) {
      if (chunk.type === 'metadata' || chunk.type === 'interrupted') throw this.#diverged();
      return undefined;
    }
    const known = this.#passages[this.#passage];
    if (known?.key !== said.key) throw this.#diverged();
    return this.#compare(chunk, said.text, known.text.slice(this.#offset));
  }

  #compare(chunk: TransportChunk, text: string, expected: string): TransportChunk | undefined {
    const isLast = this.#passage === this.#passages.length - 1;
    if (text.length < expected.length) {
      if (!expected.startsWith(text)) throw this.#diverged();
      this.#offset += text.length;
      return undefined;
    }
    if (!text.startsWith(expected) || (!isLast && text.length > expected.length)) {
      throw this.#diverged();
    }
    this.#passage += 1;
    this.#offset = 0;
    this.#replaying = !isLast;
    return text.length > expected.length ? tail(chunk, expected.length) : undefined;
  }
}

function passageOf(chunk: TransportChunk): Passage | undefined {
  switch (chunk.type) {
    case 'token':
      return chunk.token === '' ? undefined : { key: 'text', text: chunk.token };
    case 'reasoning':
      return chunk.text === '' ? undefined : { key: 'reasoning', text: chunk.text };
    case 'tool_call': {
      const { index, name, arguments: text } = chunk.toolCall;
      return { key: `call ${index}`, text: name === undefined ? text : `${name}:${text}` };
    }
    case 'response':
    case 'raw':
    case 'metadata':
    case 'interrupted':
      return undefined;
    default:
      return chunk satisfies never;
  }
}

/** What follows in a chunk on so many characters; that of a call goes on with the call that was begun. */
function tail(chunk: TransportChunk, known: number): TransportChunk {
  const text = (passageOf(chunk)?.text ?? '').slice(known);
  switch (chunk.type) {
    case 'token':
      return { type: 'token', token: text, logprobs: unreadLogprobs(chunk, known) };
    case 'reasoning':
      return { type: 'reasoning', text, logprobs: unreadLogprobs(chunk, known) };
    case 'tool_call':
      return { type: 'tool_call', toolCall: { index: chunk.toolCall.index, arguments: text } };
    case 'response':
    case 'raw':
    case 'metadata':
    case 'interrupted':
      return chunk;
    default:
      return chunk satisfies never;
  }
}

/** Those of the tokens whose text was not handed out before. */
function unreadLogprobs({ logprobs }: { logprobs?: ChosenLogprob[] | undefined }, known: number) {
  let told = 0;
  return logprobs?.filter(({ text }) => {
    told += text.length;
    return told > known;
  });
}
