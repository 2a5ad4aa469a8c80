import { randomUUID } from 'node:crypto';
import type { WrittenChunk } from '@mlx/schemas';
import { mismatchField } from '../generation/mismatches.js';
import type { ChatCalls } from './chat-calls.js';
import { toLogprobContent } from './logprobs.js';
import type { FinishedAnswer, ResponseFormat } from './response-format.js';

/** Writes `chat.completion` objects and their chunks. */
export function chatFormat(model: string, withLogprobs: boolean, calls: ChatCalls): ResponseFormat {
  const id = `chatcmpl-${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  const logprobs = (chunks: readonly WrittenChunk[]) =>
    withLogprobs ? { content: chunks.flatMap(toLogprobContent), refusal: null } : null;

  return {
    opening: (index) => ({
      index,
      delta: { role: 'assistant', content: '', refusal: null },
      logprobs: null,
      finish_reason: null,
    }),
    delta: (chunk) => ({
      index: chunk.index ?? 0,
      delta: toDelta(chunk, calls),
      logprobs: logprobs([chunk]),
      finish_reason: null,
    }),
    ending: (index, { finishReason, mismatches }) => {
      const rest = calls.rest(index);
      return {
        index,
        delta: rest.length > 0 ? { tool_calls: rest } : {},
        logprobs: null,
        finish_reason: finishReason,
        ...mismatchField(mismatches),
      };
    },
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
      choices: answers.map((answer) => toChoice(answer, logprobs(answer.chunks), calls)),
      usage,
    }),
  };
}

function toChoice(answer: FinishedAnswer, logprobs: object | null, calls: ChatCalls) {
  const { index, text, reasoning, toolCalls, finishReason, mismatches } = answer;
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && toolCalls.length > 0 ? null : text,
      refusal: null,
      ...(reasoning === '' ? {} : toReasoning(reasoning)),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map((call) => calls.whole(call)) }),
    },
    logprobs,
    finish_reason: finishReason,
    ...mismatchField(mismatches),
  };
}

function toDelta(chunk: WrittenChunk, calls: ChatCalls): object {
  switch (chunk.type) {
    case 'token':
      return { content: chunk.token };
    case 'reasoning':
      return toReasoning(chunk.text);
    case 'tool_call':
      return { tool_calls: [calls.delta(chunk.index ?? 0, chunk.toolCall)] };
    default:
      return chunk satisfies never;
  }
}

/** DeepSeek's name and vLLM's newer one: clients know one of them. */
function toReasoning(text: string) {
  return { reasoning_content: text, reasoning: text };
}
