import { GeneratorParamsSchema } from '@mlx/schemas';
import type { ChatMessage, FinishReason, GeneratorParams, ToolCall } from '@mlx/schemas';
import type * as z from 'zod';
import type { ChatAnswer } from '../generation/chat-answer.js';
import type { Tool } from './define-tool.js';

type Declared<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };
type ChatParams = Omit<
  Declared<GeneratorParams>,
  'prompt' | 'messages' | 'tools' | 'n' | 'streaming'
>;

/** What to ask and with which tools; everything else is as for `chat`. */
export interface RunToolsOptions<Tools extends readonly Tool[]> extends ChatParams {
  readonly messages: readonly ChatMessage[];
  readonly tools: Tools;
  /** Most answers of the model, 8 by default; the last one may still call tools, which then don't run. */
  readonly maxSteps?: number;
  /** Ends the run, whether the model writes or a tool works. */
  readonly signal?: AbortSignal;
  /** Longest time for each answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** Called after every answer and the calls that it made. */
  onStep?(this: void, step: ToolStep<Tools[number]>): void;
}

/** A call that came to something. */
export interface ToolSuccess<Name extends string, Input, Result> {
  readonly tool: Name;
  readonly id: string;
  readonly input: Input;
  readonly result: Result;
}

/** A call that did not: of an unknown tool, with wrong arguments, or one whose tool threw. */
export interface ToolFailure {
  readonly tool: string;
  readonly id: string;
  readonly error: Error;
}

/** Told apart by `tool`, once `'error' in outcome` is false. */
export type ToolOutcome<AnyTool extends Tool> =
  | (AnyTool extends Tool<infer Name, infer Parameters, infer Result>
      ? ToolSuccess<Name, z.output<Parameters>, Awaited<Result>>
      : never)
  | ToolFailure;

export interface ToolStep<AnyTool extends Tool> {
  readonly answer: ChatAnswer;
  /** In the order of the calls. */
  readonly outcomes: readonly ToolOutcome<AnyTool>[];
}

export interface RunToolsResult<AnyTool extends Tool> {
  /** The last answer's text. */
  readonly text: string;
  readonly answer: ChatAnswer;
  readonly steps: readonly ToolStep<AnyTool>[];
  /** The conversation with all that was added; ready to be gone on with. */
  readonly messages: ChatMessage[];
  /** Calls of the last answer that were not carried out, because no step was left. */
  readonly pendingCalls: readonly ToolCall[];
  readonly finishReason: FinishReason | undefined;
}

/** The parameters of one answer. */
export const paramNames: ReadonlySet<string> = new Set(Object.keys(GeneratorParamsSchema.shape));
