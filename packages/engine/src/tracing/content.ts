import type { ChatMessage, GeneratorParams } from '@mlx/schemas';
import type { WireTokenRow } from '@mlx/schemas/wire';

type Part =
  | { readonly type: 'text' | 'reasoning'; content: string }
  | { readonly type: 'tool_call'; readonly id?: string; readonly name?: string; arguments: string }
  | { readonly type: 'tool_call_response'; readonly id?: string; readonly response: string };

/** What a request says, as the conventions write conversations. */
export function inputMessages({ messages, prompt }: GeneratorParams): string {
  const turns = messages ?? [{ role: 'user' as const, content: promptText(prompt) }];
  return JSON.stringify(turns.map((turn) => ({ role: turn.role, parts: partsOf(turn) })));
}

function promptText(prompt: GeneratorParams['prompt']): string {
  return typeof prompt === 'string' ? prompt : JSON.stringify(prompt);
}

function partsOf({ role, content, reasoning, toolCallId, toolCalls = [] }: ChatMessage): Part[] {
  const text = textOf(content);
  if (role === 'tool') return [{ type: 'tool_call_response', id: toolCallId, response: text }];
  return [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, content: reasoning }]),
    ...(text === '' ? [] : [{ type: 'text' as const, content: text }]),
    ...toolCalls.map((call) => ({ type: 'tool_call' as const, ...call })),
  ];
}

function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string' || content === null) return content ?? '';
  return content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('');
}

/** Gathers what an answer says. */
export class AnswerContent {
  readonly #parts: Part[] = [];

  add({ text, reasoning, toolCall }: WireTokenRow): void {
    if (toolCall !== undefined) this.#addCall(toolCall);
    else if (reasoning !== undefined) this.#append('reasoning', reasoning);
    else if (text !== '') this.#append('text', text);
  }

  /** As the conventions write it. */
  message(finishReason: string | undefined): object {
    return { role: 'assistant', parts: this.#parts, finish_reason: finishReason };
  }

  #addCall({ id, name, arguments: text }: NonNullable<WireTokenRow['toolCall']>): void {
    const last = this.#parts.at(-1);
    if (name === undefined && last?.type === 'tool_call') last.arguments += text;
    else this.#parts.push({ type: 'tool_call', id, name, arguments: text });
  }

  #append(type: 'text' | 'reasoning', content: string): void {
    const last = this.#parts.at(-1);
    if (last?.type === type) last.content += content;
    else this.#parts.push({ type, content });
  }
}
