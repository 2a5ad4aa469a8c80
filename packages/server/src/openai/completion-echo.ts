import { randomUUID } from 'node:crypto';
import type { Completion, CompletionRequest, TextScore } from '@mlx/schemas';
import type { CallPlan } from '../generation/generate.js';
import { unsupported } from '../http/parse-body.js';
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
  const { model } = request;
  const topLogprobs = request.logprobs ?? 0;
  const input = typeof request.prompt === 'string' ? [request.prompt] : request.prompt;
  return {
    model,
    body: async (engine, signal) => {
      const scores = await engine.score({ model, input, topLogprobs }, { signal });
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
        text: typeof prompt === 'string' ? prompt : textOf(score),
        finish_reason: 'length',
        logprobs: typeof logprobs === 'number' ? toLogprobs(score) : null,
      };
    }),
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
  };
}

const textOf = ({ tokens }: TextScore) => tokens.map(({ text }) => text).join('');

/** The first token has nothing before it, hence no probability. */
function toLogprobs({ tokens }: TextScore) {
  let offset = 0;
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ logprob, top }) =>
      logprob === null ? null : Object.fromEntries(top.map((entry) => [entry.text, entry.logprob])),
    ),
    text_offset: tokens.map(({ text }) => {
      const start = offset;
      offset += text.length;
      return start;
    }),
  };
}
