import type {
  Mismatch,
  OpenAIFinishReason,
  OpenAIUsage,
  ToolCall,
  WrittenChunk,
} from '@mlx/schemas';

/** How an answer ended. */
export interface AnswerEnd {
  readonly finishReason: OpenAIFinishReason;
  readonly mismatches: readonly Mismatch[] | undefined;
}

/** One finished answer of a request. */
export interface FinishedAnswer extends AnswerEnd {
  readonly index: number;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** All that it was put together from. */
  readonly chunks: readonly WrittenChunk[];
}

/** How an endpoint writes answers: what chat completions and completions differ in. */
export interface ResponseFormat {
  /** The choice that opens an answer's stream, where the endpoint has one. */
  opening(index: number): object | undefined;
  delta(chunk: WrittenChunk): object;
  ending(index: number, end: AnswerEnd): object;
  /** One event of a stream; `usage` is absent unless the client asked for it. */
  event(choices: readonly object[], usage?: OpenAIUsage | null): object;
  /** The body of a response that is not streamed. */
  body(answers: readonly FinishedAnswer[], usage: OpenAIUsage): object;
}
