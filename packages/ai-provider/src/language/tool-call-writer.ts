import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { TransportChunk } from '../transport/transport.js';
import { CallText } from './call-text.js';

type Part = LanguageModelV4StreamPart;
type Delta = Extract<TransportChunk, { type: 'tool_call' }>['toolCall'];

interface OpenCall {
  readonly id: string;
  readonly toolName: string;
  readonly input: CallText;
}

/** Writes each call as soon as its arguments are whole, so that its tool can run while the model goes on. */
export class ToolCallWriter {
  readonly #open = new Map<number, OpenCall>();

  write({ index, id, name, arguments: text }: Delta): Part[] {
    const known = this.#open.get(index);
    if (known !== undefined) return this.#add(index, known, text);
    if (name === undefined) return [];
    const call = { id: id ?? crypto.randomUUID(), toolName: name, input: new CallText() };
    this.#open.set(index, call);
    const start: Part = { type: 'tool-input-start', id: call.id, toolName: name };
    return [start, ...this.#add(index, call, text)];
  }

  /**
   * The answer is over.
   * @param cut it was not over for the model: a call without its end is none
   */
  end(cut: boolean): Part[] {
    return [...this.#open].flatMap(([index, call]) => this.#close(index, call, cut));
  }

  #add(index: number, call: OpenCall, delta: string): Part[] {
    if (delta === '') return [];
    call.input.add(delta);
    const piece: Part = { type: 'tool-input-delta', id: call.id, delta };
    return call.input.closed ? [piece, ...this.#close(index, call, false)] : [piece];
  }

  #close(index: number, { id, toolName, input }: OpenCall, cut: boolean): Part[] {
    this.#open.delete(index);
    const end: Part = { type: 'tool-input-end', id };
    if (cut) return [end];
    const { text } = input;
    return [
      end,
      { type: 'tool-call', toolCallId: id, toolName, input: text.trim() === '' ? '{}' : text },
    ];
  }
}
