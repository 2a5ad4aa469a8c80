import type { ChatMessage, ToolCall } from '@mlx/schemas';

/** What one turn of the assistant is put together from: thoughts, text and calls. */
export class AssistantTurn {
  readonly #toolCalls: ToolCall[] = [];
  readonly #thoughts: string[] = [];
  #text: string | undefined;

  /** False when the turn has a text of its own already. */
  addText(text: string): boolean {
    if (this.#text !== undefined) return false;
    this.#text = text;
    return true;
  }

  /** False for thoughts that come after text or calls: they begin the next turn. */
  addThoughts(text: string): boolean {
    if (this.#text !== undefined || this.#toolCalls.length > 0) return false;
    if (text !== '') this.#thoughts.push(text);
    return true;
  }

  addCall(call: ToolCall): void {
    this.#toolCalls.push(call);
  }

  /** Nothing for thoughts alone: no answer came of them. */
  finished(): ChatMessage[] {
    const reasoning = this.#thoughts.length > 0 ? { reasoning: this.#thoughts.join('\n') } : {};
    if (this.#toolCalls.length > 0) {
      const content = this.#text === '' ? null : (this.#text ?? null);
      return [{ role: 'assistant', content, ...reasoning, toolCalls: this.#toolCalls }];
    }
    if (this.#text === undefined) return [];
    return [{ role: 'assistant', content: this.#text, ...reasoning }];
  }
}
