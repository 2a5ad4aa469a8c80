import type { ToolCall, ToolCallDelta } from '@mlx/schemas';
import { InputText } from './input-text.js';

/** Writes the calls of a chat completion's tools: of functions, and of custom tools, whose text is no JSON. */
export class ChatCalls {
  readonly #customTools: ReadonlySet<string>;
  /** The calls of custom tools under way, of each answer by their index. */
  readonly #open = new Map<number, Map<number, InputText>>();

  constructor(customTools: ReadonlySet<string>) {
    this.#customTools = customTools;
  }

  whole({ id, name, arguments: text }: ToolCall): object {
    if (!this.#customTools.has(name)) {
      return { id, type: 'function', function: { name, arguments: text } };
    }
    const read = new InputText();
    return { id, type: 'custom', custom: { name, input: read.add(text) + read.end() } };
  }

  delta(answer: number, { index, id, name, arguments: text }: ToolCallDelta): object {
    if (name !== undefined && this.#customTools.has(name)) {
      const input = this.#begin(answer, index).add(text);
      return { index, id, type: 'custom', custom: { name, input } };
    }
    const custom = this.#open.get(answer)?.get(index);
    if (custom !== undefined) return { index, custom: { input: custom.add(text) } };
    if (name === undefined) return { index, function: { arguments: text } };
    return { index, id, type: 'function', function: { name, arguments: text } };
  }

  /** What is left to say of an answer's calls when it is over. */
  rest(answer: number): object[] {
    const open = [...(this.#open.get(answer) ?? [])];
    this.#open.delete(answer);
    return open
      .map(([index, input]) => ({ index, custom: { input: input.end() } }))
      .filter(({ custom }) => custom.input !== '');
  }

  #begin(answer: number, index: number): InputText {
    const input = new InputText();
    const calls = this.#open.get(answer) ?? new Map<number, InputText>();
    this.#open.set(answer, calls.set(index, input));
    return input;
  }
}
