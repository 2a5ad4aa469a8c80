import { randomUUID } from 'node:crypto';
import type { WrittenChunk } from '@mlx/schemas';
import { mismatchField } from '../generation/mismatches.js';
import type { CompletionEcho } from './completion-echo.js';
import { joined, toTopLogprobs } from './completion-logprobs.js';
import type { ResponseFormat } from './response-format.js';

/** Writes `text_completion` objects, whole or as events of a stream. */
export function completionFormat(
  model: string,
  withLogprobs: boolean,
  echo?: CompletionEcho,
): ResponseFormat {
  const id = `cmpl-${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  const offsets = new Map<number, number>();
  const envelope = { id, object: 'text_completion', created, model };
  const logprobs = (index: number, chunks: readonly WrittenChunk[]) =>
    withLogprobs ? toLogprobs(index, chunks, offsets) : null;

  return {
    opening: (index) => {
      const prompt = echo?.prompt(index);
      if (prompt === undefined) return undefined;
      offsets.set(index, prompt.text.length);
      const values = withLogprobs ? prompt.logprobs : null;
      return { index, text: prompt.text, logprobs: values, finish_reason: null };
    },
    delta: (chunk) => {
      const index = chunk.index ?? 0;
      // Only conversations have parts other than text.
      const text = chunk.type === 'token' ? chunk.token : '';
      return { index, text, logprobs: logprobs(index, [chunk]), finish_reason: null };
    },
    ending: (index, { finishReason, mismatches }) => ({
      index,
      text: '',
      logprobs: null,
      finish_reason: finishReason,
      ...mismatchField(mismatches),
    }),
    event: (choices, usage) => ({
      ...envelope,
      choices,
      ...(usage === undefined ? {} : { usage }),
    }),
    body: (answers, usage) => ({
      ...envelope,
      choices: answers.map(({ index, text, chunks, finishReason, mismatches }) => {
        const prompt = echo?.prompt(index);
        if (prompt !== undefined) offsets.set(index, prompt.text.length);
        const values = logprobs(index, chunks);
        return {
          index,
          text: (prompt?.text ?? '') + text,
          logprobs: values && prompt ? joined(prompt.logprobs, values) : values,
          finish_reason: finishReason,
          ...mismatchField(mismatches),
        };
      }),
      usage,
    }),
  };
}

/** The older shape: one list per property. Offsets go on from event to event. */
function toLogprobs(index: number, chunks: readonly WrittenChunk[], offsets: Map<number, number>) {
  const entries = chunks.flatMap(({ logprobs = [] }) => logprobs);
  let offset = offsets.get(index) ?? 0;
  const textOffsets = entries.map(({ text }) => {
    const start = offset;
    offset += text.length;
    return start;
  });
  offsets.set(index, offset);
  return {
    tokens: entries.map(({ text }) => text),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map((entry) => toTopLogprobs(entry, entry.top)),
    text_offset: textOffsets,
  };
}
