import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { LogprobList } from './logprob-list.js';
import type { TransportChunk } from '../transport/transport.js';
import { ToolCallWriter } from './tool-call-writer.js';
import { toFinish } from './to-finish.js';

type Part = LanguageModelV4StreamPart;
type Block = { readonly kind: 'text' | 'reasoning'; readonly id: string };

/** Turns what a model says into the parts of a stream: blocks of one kind, one after another. */
export class PartWriter {
  readonly #calls = new ToolCallWriter();
  readonly #logprobs = new LogprobList();
  readonly #seed: number | undefined;
  #block: Block | undefined;
  #blocks = 0;

  /** @param seed with which the answer can be had again */
  constructor(seed: number | undefined) {
    this.#seed = seed;
  }

  write(chunk: TransportChunk): Part[] {
    if ('logprobs' in chunk) this.#logprobs.add(chunk.logprobs);
    switch (chunk.type) {
      case 'token':
        return this.#say('text', chunk.token);
      case 'reasoning':
        return this.#say('reasoning', chunk.text);
      case 'tool_call':
        return [...this.#endBlock(), ...this.#calls.write(chunk.toolCall)];
      case 'response': {
        const { type: _, ...metadata } = chunk;
        return [{ type: 'response-metadata', ...metadata }];
      }
      case 'raw':
        return [{ type: 'raw', rawValue: chunk.value }];
      case 'metadata':
      case 'interrupted': {
        const finish = toFinish(chunk, { seed: this.#seed, logprobs: this.#logprobs.read() });
        const { unified } = finish.finishReason;
        const cut = unified === 'length' || unified === 'interrupted' || unified === 'error';
        return [...this.#endBlock(), ...this.#calls.end(cut), finish];
      }
      default:
        return chunk satisfies never;
    }
  }

  #say(kind: Block['kind'], delta: string): Part[] {
    if (delta === '') return [];
    if (this.#block?.kind === kind) return [{ type: `${kind}-delta`, id: this.#block.id, delta }];
    const ended = this.#endBlock();
    const id = String(this.#blocks);
    this.#blocks += 1;
    this.#block = { kind, id };
    return [...ended, { type: `${kind}-start`, id }, { type: `${kind}-delta`, id, delta }];
  }

  #endBlock(): Part[] {
    const block = this.#block;
    this.#block = undefined;
    return block === undefined ? [] : [{ type: `${block.kind}-end`, id: block.id }];
  }
}
