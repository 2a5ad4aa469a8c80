import { randomUUID } from 'node:crypto';
import type { Completion, CompletionRequest, TextScore } from '@mlx/schemas';
import type { CallPlan } from '../generation/serve-request.js';
import { unsupported } from '../http/parse-body.js';
import type { ServingEngine } from '../serving-engine.js';
import { promptLogprobs, type CompletionLogprobs } from './completion-logprobs.js';
import { completionPrompts } from './completion-params.js';

/**
 * `echo` with no new tokens: the prompts themselves, and with `logprobs` how
 * likely each of their tokens is. What sampling is to do asks for nothing here.
 */
export function isEcho({ echo, max_tokens: maxTokens }: CompletionRequest): boolean {
  return echo === true && maxTokens === 0;
}

export function planEcho(request: CompletionRequest): CallPlan {
  if ((request.best_of ?? 1) > 1) throw unsupported('best_of', "Not with 'echo'.");
  if ((request.n ?? 1) > 1) throw unsupported('n', "Not with 'echo'.");
  if (request.stream === true) throw unsupported('stream', "Not with 'echo'.");
  const prompts = completionPrompts(request.prompt);
  if (prompts.includes('')) throw unsupported('prompt', 'An empty text has no tokens to echo.');
  return {
    model: request.model,
    body: async (engine, signal) => {
      const scores = await engine.score(scoreRequest(request), { signal });
      return toCompletion(request, prompts, scores);
    },
  };
}

function toCompletion(
  { model, logprobs }: CompletionRequest,
  prompts: ReturnType<typeof completionPrompts>,
  scores: readonly TextScore[],
): Completion {
  const tokens = scores.reduce((total, score) => total + score.tokens.length, 0);
  return {
    id: `cmpl-${randomUUID()}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: scores.map((score, index) => {
      const prompt = prompts[index];
      return {
        index,
        text: prompt === undefined ? '' : echoed(prompt, score),
        finish_reason: 'length',
        logprobs: typeof logprobs === 'number' ? promptLogprobs(score) : null,
      };
    }),
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
  };
}

/** The prompts of a request whose answers begin with them. */
export class CompletionEcho {
  readonly #request: CompletionRequest;
  readonly #answersPerPrompt: number;
  #scores: readonly TextScore[] = [];

  constructor(request: CompletionRequest, answersPerPrompt: number) {
    this.#request = request;
    this.#answersPerPrompt = answersPerPrompt;
  }

  /** Reads the prompts; before anything is written. */
  async prepare(engine: ServingEngine, signal: AbortSignal): Promise<void> {
    this.#scores = await engine.score(scoreRequest(this.#request), { signal });
  }

  /** What the answer with this index begins with. */
  prompt(index: number): { text: string; logprobs: CompletionLogprobs } | undefined {
    const place = Math.floor(index / this.#answersPerPrompt);
    const score = this.#scores[place];
    const prompt = completionPrompts(this.#request.prompt)[place];
    if (score === undefined || prompt === undefined) return undefined;
    return { text: echoed(prompt, score), logprobs: promptLogprobs(score) };
  }
}

function scoreRequest({ model, prompt, logprobs }: CompletionRequest) {
  const input = typeof prompt === 'string' ? [prompt] : prompt;
  return { model, input, topLogprobs: logprobs ?? 0 };
}

function echoed(prompt: ReturnType<typeof completionPrompts>[number], { tokens }: TextScore) {
  return typeof prompt === 'string' ? prompt : tokens.map(({ text }) => text).join('');
}
