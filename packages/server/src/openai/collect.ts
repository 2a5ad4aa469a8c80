import type { AnswerChunk } from '../generation/chunks.js';
import { toFinishReason } from './finish-reason.js';
import { GatheredAnswer } from './gathered-answer.js';
import type { Answer, ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

/** Reads all answers to their end and writes them as one body. */
export async function collect(
  chunks: AsyncIterable<AnswerChunk>,
  format: ResponseFormat,
  answersPerPrompt: number,
): Promise<object> {
  const usage = new UsageCounter(answersPerPrompt);
  const gathered = new Map<number, GatheredAnswer>();
  const answers: Answer[] = [];
  for await (const chunk of chunks) {
    const index = chunk.index ?? 0;
    const answer = gathered.get(index) ?? new GatheredAnswer();
    gathered.set(index, answer);
    if (chunk.type === 'metadata') {
      usage.add(chunk);
      answers.push(answer.finished(index, toFinishReason(chunk)));
    } else {
      answer.add(chunk);
    }
  }
  return format.body(
    answers.toSorted((left, right) => left.index - right.index),
    usage.read(),
  );
}
