import type { ChatMessage, GeneratorParams } from '@mlx/schemas';
import type { AnySchema } from '../structured/any-schema.js';
import { GenerateOptionsSchema, type GenerateOptions } from '../support/call-options.js';
import { invalidParameter } from '../support/errors.js';
import { forOnlyModel, type OnlyModel } from './for-only-model.js';
import { readParams, type CheckedParams } from '../generation/read-params.js';

/** The parameters that the schema names, without those of which it knows nothing. */
type Named<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };

/** Beside a conversation: how it is to be answered, and the options of the call. */
export type ChatOptions = GenerateOptions &
  Partial<Omit<Named<GeneratorParams>, 'messages' | 'prompt' | 'priority'>>;

/** A conversation, or a question that begins one, for the one model that is loaded. */
export type Conversation = string | readonly ChatMessage[];

/** A conversation alone, or with everything else beside it. */
export type ChatInput =
  Conversation | (GeneratorParams & Required<Pick<GeneratorParams, 'messages'>>);

export interface ReadChat extends CheckedParams<AnySchema> {
  /** What is left for the call. */
  readonly options: unknown;
}

const callOptions: ReadonlySet<string> = new Set(Object.keys(GenerateOptionsSchema.shape));

/** Parameters with a conversation; beside a conversation alone, `options` may hold parameters too. */
export function readChat(services: OnlyModel, input: unknown, options: unknown): ReadChat {
  if (typeof input !== 'string' && !Array.isArray(input)) {
    if (typeof input !== 'object' || input === null) {
      throw invalidParameter('messages', 'Expected a question, a list of messages or parameters');
    }
    return { ...requireMessages(readParams(input)), options };
  }
  const messages = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  const [params, rest] = split(options);
  const named = 'model' in params ? { messages } : forOnlyModel(services, 'messages', messages);
  return { ...requireMessages(readParams({ ...named, ...params })), options: rest };
}

function requireMessages(checked: CheckedParams<AnySchema>): CheckedParams<AnySchema> {
  if (checked.params.messages === undefined) throw invalidParameter('messages', 'Required');
  return checked;
}

/** What concerns the answer, and what concerns the call. */
function split(options: unknown): [params: object, options: unknown] {
  if (typeof options !== 'object' || options === null) return [{}, options];
  const entries = Object.entries(options);
  return [
    Object.fromEntries(entries.filter(([name]) => !callOptions.has(name))),
    Object.fromEntries(entries.filter(([name]) => callOptions.has(name))),
  ];
}
