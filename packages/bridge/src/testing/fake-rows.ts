import type { GenerateParamsSchema } from '@mlx/schemas/wire';
import type { WireFinish, WireTokenRow } from '@mlx/schemas/wire';
import type { z } from 'zod';
import { nextState, textOf, tokenOf, tokenizePrompt } from './fake-model.js';
import { monotonicMicroseconds } from './pace.js';
import type { FakeGeneration, FakeRowPart } from './script.js';

type GenerateParams = z.output<typeof GenerateParamsSchema>;

/** One generation: its place in the made-up text, and its credit. */
export class FakeRow {
  readonly streamId: string;
  readonly promptTokens: number;
  credit: number;
  readonly #plan: FakeGeneration;
  readonly #drafted: boolean;
  #left: number;
  #state: number;
  #sent = 0;

  constructor(params: GenerateParams, plan: FakeGeneration) {
    const prompt = tokenizePrompt(params.prompt);
    const resumed = params.resumeTokens ?? [];
    this.streamId = params.streamId;
    this.promptTokens = prompt.length;
    this.credit = params.credit;
    this.#plan = plan;
    this.#drafted = params.draftModel !== undefined;
    this.#left = params.sampling.maxTokens - resumed.length;
    this.#state = [...prompt, ...resumed].reduce(nextState, params.sampling.seed ?? 0);
  }

  get paused(): boolean {
    return this.credit <= 0 && this.#plan.ignoreCredit !== true;
  }

  get finished(): boolean {
    return this.#left <= 0;
  }

  /** @param due when this step was to be made, in milliseconds of `performance.now()`; absent: now */
  step(due = performance.now()): WireTokenRow {
    const scripted = this.#plan.rows?.[this.#sent];
    if (scripted !== undefined) return this.#play(scripted);
    const token = tokenOf(this.#state);
    this.#state = nextState(this.#state, token);
    this.credit -= 1;
    this.#left -= 1;
    this.#sent += 1;
    const text = this.#plan.timestamps === true ? `${monotonicMicroseconds(due)} ` : textOf(token);
    const row = this.#row({ text, tokens: [token] });
    if (this.finished) row.finish = this.finish('length');
    return row;
  }

  #play({ finish, text = '', ...part }: FakeRowPart): WireTokenRow {
    this.credit -= 1;
    this.#sent += 1;
    const ended = finish ?? (this.#sent === this.#plan.rows?.length ? 'stop' : undefined);
    if (ended !== undefined) this.#left = 0;
    const row = this.#row({ text, tokens: [this.#sent], ...part });
    return ended === undefined ? row : { ...row, finish: this.finish(ended) };
  }

  #row(part: Omit<WireTokenRow, 'streamId' | 'prompt'>): WireTokenRow {
    const prompt = { tokens: this.promptTokens, cachedTokens: 0 };
    return { streamId: this.streamId, ...part, ...(this.#sent === 1 ? { prompt } : {}) };
  }

  /** A draft model foresees every token. */
  finish(reason: WireFinish['reason']): WireFinish {
    const drafted = this.#drafted ? this.#sent : 0;
    const usage = {
      promptTokens: this.promptTokens,
      cachedTokens: 0,
      completionTokens: this.#sent,
      draftTokens: drafted,
      draftTokensAccepted: drafted,
      queueMs: 0,
      prefillMs: 0,
      decodeMs: 0,
      timeline: this.#plan.timeline,
    };
    return { reason, usage };
  }
}
