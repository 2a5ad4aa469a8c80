import { chatSampling } from '@mlx/schemas/endpoints';
import { readAnswer, type Ask } from '../client/server-client.js';
import { newSettings, type ChatSettings } from './chat-settings.js';
import { demoToolDefinitions, runDemoTool, type ChatCall } from './demo-tools.js';
import { readPieces, type StreamPiece } from './read-pieces.js';
import type { Turn } from './turn.js';

/** A piece of an answer: what the model thinks, a call with its result, or what it says. */
export interface Piece {
  readonly kind: 'thought' | 'call' | 'text';
  readonly text: string;
}

/** Most times that a model may call tools before it answers. */
const MOST_ROUNDS = 8;

/** A conversation with one model over the server's API. */
export class Chat {
  readonly settings: ChatSettings = newSettings();
  /** What is asked for where a setting is not set; what is neither is the model's own. */
  readonly defaults: Readonly<Partial<Record<keyof ChatSettings, number>>>;
  readonly #ask: Ask;
  readonly #model: string;
  #turns: Turn[] = [];
  /** Data URLs that go with the next question. */
  #images: readonly string[] = [];

  /** @param advice how the model's makers say that it is sampled */
  constructor(ask: Ask, model: string, advice?: Parameters<typeof chatSampling>[0]) {
    this.#ask = ask;
    this.#model = model;
    this.defaults = chatSampling(advice);
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  clear(): void {
    this.#turns = [];
    this.#images = [];
  }

  /** Shows the image of a data URL with the next question. */
  attach(image: string): void {
    this.#images = [...this.#images, image];
  }

  restore(turns: readonly Turn[]): void {
    this.#turns = [...turns];
  }

  /**
   * The answer, piece by piece. One that is stopped or fails is part of the
   * conversation as far as it came; a question without an answer is not.
   */
  async *answer(question: string, signal: AbortSignal): AsyncGenerator<Piece> {
    const turns: Turn[] = [questionTurn(question, this.#images)];
    this.#images = [];
    let said = '';
    try {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        let calls: readonly ChatCall[] = [];
        for await (const piece of this.#stream([...this.#turns, ...turns], signal)) {
          if (piece.kind === 'calls') {
            calls = piece.calls;
            continue;
          }
          if (piece.kind === 'text') said += piece.text;
          yield piece;
        }
        if (calls.length === 0) return;
        turns.push({ role: 'assistant', content: said, tool_calls: calls });
        said = '';
        for (const call of calls) yield this.#run(call, turns);
      }
    } finally {
      if (said !== '') this.#turns.push(...turns, { role: 'assistant', content: said });
    }
  }

  #run(call: ChatCall, turns: Turn[]): Piece {
    const content = runDemoTool(call);
    turns.push({ role: 'tool', tool_call_id: call.id, content });
    const { name, arguments: written } = call.function;
    return { kind: 'call', text: `${name} ${written} → ${content}` };
  }

  async *#stream(turns: readonly Turn[], signal: AbortSignal): AsyncGenerator<StreamPiece> {
    const body = JSON.stringify(this.#body(turns));
    const response = await this.#ask('/v1/chat/completions', { method: 'POST', body, signal });
    if (response.ok && response.body) yield* readPieces(response.body);
    else await readAnswer(response);
  }

  #body(turns: readonly Turn[]): object {
    const { system, think, tools, ...sampling } = this.settings;
    const set = Object.entries(sampling).filter(([, value]) => value !== undefined);
    const first = system === undefined ? [] : [{ role: 'system', content: system }];
    return {
      model: this.#model,
      messages: [...first, ...turns],
      stream: true,
      ...this.defaults,
      ...Object.fromEntries(set),
      ...(tools ? { tools: demoToolDefinitions } : {}),
      ...(think === undefined ? {} : { chat_template_kwargs: { enable_thinking: think } }),
    };
  }
}

function questionTurn(text: string, images: readonly string[]): Turn {
  if (images.length === 0) return { role: 'user', content: text };
  const shown = images.map((url) => ({ type: 'image_url' as const, image_url: { url } }));
  return { role: 'user', content: [...shown, { type: 'text', text }] };
}
