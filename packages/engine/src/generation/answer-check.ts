import type { Mismatch, StructuredOutputConfig } from '@mlx/schemas';
import type { WireFinish, WireTokenRow } from '@mlx/schemas/wire';
import { faultOfJson, type CheckArguments } from './check-arguments.js';

/** What does not follow its schema, with the text that does not. */
export type AnswerMismatch = Mismatch & { text: string };

interface Call {
  name: string;
  text: string;
  /** What the model wrote, where it was not JSON. */
  raw: string | undefined;
}

/** Reads along with one answer, and tells at its end what does not follow its schema. */
export class AnswerCheck {
  readonly #checkArguments: CheckArguments;
  readonly #schema: string | undefined;
  readonly #calls = new Map<number, Call>();
  #text = '';

  constructor(checkArguments: CheckArguments, structured: StructuredOutputConfig | undefined) {
    this.#checkArguments = checkArguments;
    this.#schema = leftToReaders(structured);
  }

  restart(): void {
    this.#calls.clear();
    this.#text = '';
  }

  add({ text, toolCall }: WireTokenRow): void {
    if (this.#schema !== undefined) this.#text += text;
    if (toolCall === undefined) return;
    const known = this.#calls.get(toolCall.index);
    const call: Call = known ?? { name: '', text: '', raw: toolCall.raw };
    call.name += toolCall.name ?? '';
    call.text += toolCall.arguments;
    this.#calls.set(toolCall.index, call);
  }

  /** A cut answer is no mismatch: its end says that it is cut. */
  mismatches({ reason }: WireFinish): AnswerMismatch[] {
    if (reason !== 'stop' && reason !== 'tool_calls') return [];
    const found = [...this.#calls.values()].flatMap(({ name, text, raw }) => {
      const fault = this.#checkArguments(name, text);
      return fault === undefined ? [] : [{ tool: name, reason: fault, text: raw ?? text }];
    });
    if (this.#schema === undefined || this.#text === '') return found;
    const fault = faultOfJson(this.#text, this.#schema);
    return fault === undefined ? found : [...found, { reason: fault, text: this.#text }];
  }
}

function leftToReaders(structured: StructuredOutputConfig | undefined): string | undefined {
  if (structured?.strict !== false || structured.schema === undefined) return undefined;
  if (structured.format !== 'json' && structured.format !== 'yaml') return undefined;
  const { schema } = structured;
  return typeof schema === 'string' ? schema : JSON.stringify(schema);
}
