import { cancelledError } from '@mlx/schemas';
import type { ChatMessage, GeneratorParams, ToolCall } from '@mlx/schemas';
import { PositiveInteger } from '@mlx/schemas/common';
import type { ChatAnswer } from '../generation/chat-answer.js';
import type { ChatInput } from './chat-input.js';
import { invalidParameter } from '../support/errors.js';
import type { GenerateOptions } from '../support/call-options.js';
import { validate } from '../support/validate.js';
import type { EngineSettings } from '../settings.js';
import { tracedCall, tracedRun } from './tool-trace.js';
import type { Tool } from '../tools/define-tool.js';
import { runCall, toToolMessage } from '../tools/run-call.js';
import {
  paramNames,
  type RunToolsOptions,
  type RunToolsResult,
  type ToolStep,
} from '../tools/run-options.js';

const DEFAULT_MAX_STEPS = 8;

/** What the loop needs of an engine. */
interface ChatsWithTools {
  chat(input: ChatInput, options?: GenerateOptions): Promise<ChatAnswer>;
}

/**
 * Lets the model answer and call tools by turns until it answers without a
 * call or no step is left. Calls of one answer run at the same time.
 */
export async function runTools(
  engine: ChatsWithTools,
  options: RunToolsOptions<readonly Tool[]>,
  { recordContent = false }: Partial<Pick<EngineSettings, 'recordContent'>> = {},
): Promise<RunToolsResult<Tool>> {
  return tracedRun(options.model, () => takeSteps(engine, options, recordContent));
}

async function takeSteps(
  engine: ChatsWithTools,
  options: RunToolsOptions<readonly Tool[]>,
  recordContent: boolean,
): Promise<RunToolsResult<Tool>> {
  const { tools, timeoutMs } = options;
  const maxSteps = validate(PositiveInteger.default(DEFAULT_MAX_STEPS), options.maxSteps);
  const signal = options.signal ?? new AbortController().signal;
  const params = toStepParams(options);
  const messages: ChatMessage[] = [...options.messages];
  const steps: ToolStep<Tool>[] = [];
  for (;;) {
    // A choice that forces calls is for the first answer; forced ever after, none would be the last.
    const choice = steps.length === 0 ? params.toolChoice : 'auto';
    const answer = await engine.chat(
      { ...params, messages, toolChoice: choice },
      { signal, timeoutMs },
    );
    messages.push(toTurn(answer));
    const isLast = steps.length + 1 >= maxSteps;
    const calls = callsOf(answer);
    const outcomes = isLast ? [] : await runAll(calls, tools, signal, recordContent);
    messages.push(...outcomes.map(toToolMessage));
    const step = { answer, outcomes };
    steps.push(step);
    options.onStep?.(step);
    if (calls.length === 0 || isLast) {
      const { content: text, finishReason } = answer;
      return { text, answer, steps, messages, pendingCalls: calls, finishReason };
    }
  }
}

/** A call that was cut off by `maxTokens` is not one to carry out. */
function callsOf({ toolCalls = [], finishReason }: ChatAnswer): ToolCall[] {
  return finishReason === 'length' ? [] : toolCalls;
}

async function runAll(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  signal: AbortSignal,
  recordContent: boolean,
) {
  try {
    return await Promise.all(
      calls.map((call) => tracedCall(call, recordContent, () => runCall(call, tools, signal))),
    );
  } catch (thrown) {
    throw signal.aborted ? cancelledError(signal.reason) : thrown;
  }
}

function toStepParams({
  tools,
  maxSteps: _maxSteps,
  signal: _signal,
  timeoutMs: _timeoutMs,
  onStep: _onStep,
  messages: _messages,
  ...rest
}: RunToolsOptions<readonly Tool[]>): GeneratorParams {
  const unknown = Object.keys(rest).find((name) => !paramNames.has(name));
  if (unknown !== undefined) throw invalidParameter(unknown, 'Unknown option');
  return { ...rest, tools: tools.map(({ definition }) => definition) };
}

function toTurn({ finishReason: _reason, stats: _stats, ...turn }: ChatAnswer): ChatMessage {
  return turn;
}
