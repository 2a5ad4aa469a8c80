import { pathOf } from './tree.js';
import type { Answer, Conversation, Message, Question, Round, ToolCall } from './schema.js';

type RequestPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export interface RequestMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly RequestPart[];
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
}

/**
 * What the model is shown before it writes `answer`: whole turns only. A
 * question whose answer was stopped, failed or is empty stays out together with
 * it, so that roles alternate and half an answer is no example to follow.
 */
export function toRequestMessages(
  conversation: Conversation,
  answer: Answer,
): readonly RequestMessage[] {
  const { systemPrompt } = conversation.settings;
  const path = pathOf(conversation);
  const start = Math.max(
    0,
    path.findIndex(({ id }) => id === conversation.sentFrom),
  );
  const end = path.findIndex(({ id }) => id === answer.id);
  const turns = path.slice(start, end);
  const system =
    systemPrompt.trim() === '' ? [] : [{ role: 'system', content: systemPrompt } as const];
  return [...system, ...turns.flatMap((message, index) => toTurn(message, turns[index + 1]))];
}

/** Whether the model is shown this answer, and the question before it. */
export function isShown(answer: Answer): boolean {
  const whole = answer.state === 'done' || answer.state === 'cut';
  return whole && answer.rounds.some(({ text, calls }) => text !== '' || calls.length > 0);
}

function toTurn(message: Message, next: Message | undefined): RequestMessage[] {
  switch (message.role) {
    case 'user':
      return next?.role === 'assistant' && !isShown(next)
        ? []
        : [{ role: 'user', content: questionContent(message) }];
    case 'assistant':
      return isShown(message) ? message.rounds.flatMap(toRound) : [];
    default:
      return message satisfies never;
  }
}

/** What a round adds to a request: what was written, and what came of its calls. */
export function toRound({ text, reasoning, calls }: Round): RequestMessage[] {
  if (calls.length === 0) return [{ role: 'assistant', content: text }];
  return [
    {
      role: 'assistant',
      content: text,
      // Templates that think between calls want to see why one was made.
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      tool_calls: calls.map(toToolCall),
    },
    ...calls.map(
      ({ id, result }) => ({ role: 'tool', content: result, tool_call_id: id }) as const,
    ),
  ];
}

function toToolCall({ id, name, arguments: text }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: text } };
}

/** Whether the model is shown any image. */
export function showImages(messages: readonly RequestMessage[]): boolean {
  return messages.some(({ content }) => typeof content !== 'string');
}

/** Images before the words about them, where there are any. */
function questionContent({ text, files }: Question): RequestMessage['content'] {
  const images = files.filter((file) => 'image' in file);
  const texts = files.filter((file) => 'text' in file);
  const words = [...texts.map((file) => `File ${file.name}:\n${fenced(file.text)}`), text]
    .filter((part) => part !== '')
    .join('\n\n');
  if (images.length === 0) return words;
  const shown = images.map(
    ({ image }) => ({ type: 'image_url', image_url: { url: image } }) as const,
  );
  return words === '' ? shown : [...shown, { type: 'text', text: words }];
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
