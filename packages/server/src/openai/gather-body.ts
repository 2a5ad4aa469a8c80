import { addToolCall } from '@mlx/engine';
import type { ToolCall, WrittenChunk } from '@mlx/schemas';
import type { AnswerChunk } from '../generation/chunks.js';
import { toEnd } from './finish-reason.js';
import type { AnswerEnd, FinishedAnswer, ResponseFormat } from './response-format.js';
import { UsageCounter } from './usage.js';

/** Reads all answers to their end and writes them as one body. */
export async function gatherBody(
  chunks: AsyncIterable<AnswerChunk>,
  format: ResponseFormat,
  answersPerPrompt: number,
): Promise<object> {
  const usage = new UsageCounter(answersPerPrompt);
  const gathered = new Map<number, GatheredAnswer>();
  const answers: FinishedAnswer[] = [];
  for await (const chunk of chunks) {
    const index = chunk.index ?? 0;
    const answer = gathered.get(index) ?? new GatheredAnswer();
    gathered.set(index, answer);
    if (chunk.type === 'metadata') {
      usage.add(chunk);
      answers.push(answer.finished(index, toEnd(chunk)));
    } else {
      answer.add(chunk);
    }
  }
  return format.body(
    answers.toSorted((left, right) => left.index - right.index),
    usage.read(),
  );
}

/** Puts the pieces of one answer together. */
class GatheredAnswer {
  readonly #chunks: WrittenChunk[] = [];
  readonly #toolCalls: ToolCall[] = [];
  #text = '';
  #reasoning = '';

  add(chunk: WrittenChunk): void {
    this.#chunks.push(chunk);
    switch (chunk.type) {
      case 'token':
        this.#text += chunk.token;
        break;
      case 'reasoning':
        this.#reasoning += chunk.text;
        break;
      case 'tool_call':
        addToolCall(this.#toolCalls, chunk.toolCall);
        break;
      default:
        chunk satisfies never;
    }
  }

  finished(index: number, end: AnswerEnd): FinishedAnswer {
    return {
      ...end,
      index,
      text: this.#text,
      reasoning: this.#reasoning,
      toolCalls: this.#toolCalls,
      chunks: this.#chunks,
    };
  }
}
