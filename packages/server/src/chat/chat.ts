import { ChatCompletionChunkSchema } from '@mlx/schemas';
import { readAnswer, type Ask } from '../client/server-client.js';
import { newSettings, type ChatSettings } from './chat-settings.js';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A piece of an answer: what the model thinks, or what it says. */
export interface Piece {
  readonly kind: 'thought' | 'text';
  readonly text: string;
}

/** A conversation with one model over the server's API. */
export class Chat {
  readonly settings: ChatSettings = newSettings();
  readonly #ask: Ask;
  readonly #model: string;
  #turns: Turn[] = [];

  constructor(ask: Ask, model: string) {
    this.#ask = ask;
    this.#model = model;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  clear(): void {
    this.#turns = [];
  }

  restore(turns: readonly Turn[]): void {
    this.#turns = [...turns];
  }

  /**
   * The answer, piece by piece. One that is stopped or fails is part of the
   * conversation as far as it came; a question without an answer is not.
   */
  async *answer(question: string, signal: AbortSignal): AsyncGenerator<Piece> {
    const asked: Turn = { role: 'user', content: question };
    let said = '';
    try {
      const response = await this.#ask('/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify(this.#body([...this.#turns, asked])),
        signal,
      });
      if (!response.ok || !response.body) {
        await readAnswer(response);
        return;
      }
      for await (const piece of readPieces(response.body)) {
        if (piece.kind === 'text') said += piece.text;
        yield piece;
      }
    } finally {
      if (said !== '') this.#turns.push(asked, { role: 'assistant', content: said });
    }
  }

  #body(turns: readonly Turn[]): object {
    const { system, think, ...sampling } = this.settings;
    const first = system === undefined ? [] : [{ role: 'system', content: system }];
    return {
      model: this.#model,
      messages: [...first, ...turns],
      stream: true,
      ...sampling,
      ...(think === undefined ? {} : { chat_template_kwargs: { enable_thinking: think } }),
    };
  }
}

async function* readPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Piece> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) yield* toPieces(event);
  }
}

function* toPieces(event: string): Generator<Piece> {
  const data = event.startsWith('data: ') ? event.slice('data: '.length) : '[DONE]';
  if (data === '[DONE]') return;
  const parsed = ChatCompletionChunkSchema.safeParse(JSON.parse(data));
  if (!parsed.success) {
    const { error } = JSON.parse(data) as { error?: { message?: string } };
    throw new Error(error?.message ?? 'The server sent what is no answer');
  }
  for (const { delta } of parsed.data.choices) {
    const { content } = delta;
    const thought = 'reasoning_content' in delta ? delta.reasoning_content : undefined;
    if (typeof thought === 'string' && thought !== '') yield { kind: 'thought', text: thought };
    if (content) yield { kind: 'text', text: content };
  }
}
