import type { TokenChunk } from '@mlx/schemas';
import type { AnswerChunk } from '../generation/chunks.js';
import { toFinishReason } from './finish-reason.js';
import type { Answer, ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

/** Reads all answers to their end and writes them as one body. */
export async function collect(
  chunks: AsyncIterable<AnswerChunk>,
  format: ResponseFormat,
  answersPerPrompt: number,
): Promise<object> {
  const usage = new UsageCounter(answersPerPrompt);
  const tokens = new Map<number, TokenChunk[]>();
  const answers: Answer[] = [];
  for await (const chunk of chunks) {
    const index = chunk.index ?? 0;
    if (chunk.type === 'token') {
      const seen = tokens.get(index);
      if (seen) seen.push(chunk);
      else tokens.set(index, [chunk]);
    } else {
      usage.add(chunk);
      answers.push(toAnswer(index, tokens.get(index) ?? [], toFinishReason(chunk)));
    }
  }
  return format.body(
    answers.toSorted((left, right) => left.index - right.index),
    usage.read(),
  );
}

function toAnswer(
  index: number,
  tokens: readonly TokenChunk[],
  finishReason: Answer['finishReason'],
): Answer {
  return { index, tokens, finishReason, text: tokens.map(({ token }) => token).join('') };
}
