import { ChatCompletionChunkSchema, EngineClientError } from '@mlx/schemas';
import type { ChatCall } from './demo-tools.js';

/** A piece of an answer: what the model thinks, what it says, or the calls that it has made. */
export type StreamPiece =
  | { readonly kind: 'thought' | 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly ChatCall[] };

/** The pieces of a streamed chat completion; its calls come last, when they are whole. */
export async function* readPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamPiece> {
  const decoder = new TextDecoder();
  const calls: ChatCall[] = [];
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) yield* toPieces(event, calls);
  }
  if (calls.length > 0) yield { kind: 'calls', calls };
}

function* toPieces(event: string, calls: ChatCall[]): Generator<StreamPiece> {
  const data = event.startsWith('data: ') ? event.slice('data: '.length) : '[DONE]';
  if (data === '[DONE]') return;
  const parsed = ChatCompletionChunkSchema.safeParse(JSON.parse(data));
  if (!parsed.success) {
    const { error } = JSON.parse(data) as { error?: { message?: string } };
    throw new EngineClientError(
      'ServerError',
      error?.message ?? 'The server sent what is no answer',
    );
  }
  for (const { delta } of parsed.data.choices) {
    const { content } = delta;
    const thought = 'reasoning_content' in delta ? delta.reasoning_content : undefined;
    if (typeof thought === 'string' && thought !== '') yield { kind: 'thought', text: thought };
    if (content) yield { kind: 'text', text: content };
    for (const part of delta.tool_calls ?? []) addPart(calls, part);
  }
}

interface CallPart {
  readonly index: number;
  readonly id?: string | undefined;
  readonly function?: {
    readonly name?: string | undefined;
    readonly arguments?: string | undefined;
  };
}

function addPart(calls: ChatCall[], { index, id, function: written = {} }: CallPart): void {
  const before = calls[index];
  calls[index] = {
    id: id ?? before?.id ?? '',
    type: 'function',
    function: {
      name: written.name ?? before?.function.name ?? '',
      arguments: (before?.function.arguments ?? '') + (written.arguments ?? ''),
    },
  };
}
