import { randomUUID } from 'node:crypto';
import type { TokenChunk } from '@mlx/schemas';
import { toLogprobContent } from './logprobs.js';
import type { Answer, ResponseFormat } from './response-format.js';

/** Writes `chat.completion` objects and their chunks. */
export function chatFormat(model: string, withLogprobs: boolean): ResponseFormat {
  const id = `chatcmpl-${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  const logprobs = (tokens: readonly TokenChunk[]) =>
    withLogprobs ? { content: tokens.flatMap(toLogprobContent), refusal: null } : null;

  return {
    opening: (index) => ({
      index,
      delta: { role: 'assistant', content: '', refusal: null },
      logprobs: null,
      finish_reason: null,
    }),
    delta: (chunk) => ({
      index: chunk.index ?? 0,
      delta: { content: chunk.token },
      logprobs: logprobs([chunk]),
      finish_reason: null,
    }),
    ending: (index, reason) => ({ index, delta: {}, logprobs: null, finish_reason: reason }),
    event: (choices, usage) => ({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices,
      ...(usage === undefined ? {} : { usage }),
    }),
    body: (answers, usage) => ({
      id,
      object: 'chat.completion',
      created,
      model,
      choices: answers.map((answer) => toChoice(answer, logprobs(answer.tokens))),
      usage,
    }),
  };
}

function toChoice({ index, text, finishReason }: Answer, logprobs: object | null) {
  return {
    index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs,
    finish_reason: finishReason,
  };
}
