import { EMPTY_ROUND } from '../conversation/new-conversation.js';
import type { Answer, Round, ToolCall } from '../conversation/schema.js';
import { toRound, type RequestMessage } from '../conversation/request-messages.js';
import { describeFailure, ServerError } from '../server/server-error.js';
import { lookAtServer } from '../server/use-server-status.js';
import { runCalls } from '../tools/run-calls.js';
import type { ToolBox } from '../tools/tool-box.js';
import { Speedometer } from './speedometer.js';
import { writeRound, type RoundEnd } from './write-round.js';

/** An answer that is still calling tools after this many requests goes in circles. */
const MAX_ROUNDS = 16;

export interface AnswerOptions {
  readonly model: string;
  /** The conversation up to the question. */
  readonly messages: readonly RequestMessage[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What is gone on with; one empty round for a new answer. */
  readonly begun: readonly Round[];
  /** Most tokens that prompt and answer may have together, where it is known. */
  readonly contextLength: number | undefined;
  readonly openTools: () => Promise<ToolBox>;
  readonly isAllowed: (call: ToolCall) => boolean;
  readonly allowAlways: (call: ToolCall) => void;
  readonly signal: AbortSignal;
  readonly change: (part: Partial<Answer>) => void;
}

/** Writes one answer into `change`, at most one update per painted frame, its tools called on the way. */
export async function runAnswer(options: AnswerOptions): Promise<void> {
  const { signal, change } = options;
  const speedometer = new Speedometer();
  let rounds = [...options.begun];
  let frame = 0;
  const show = (round: Round): void => {
    rounds = [...rounds.slice(0, -1), round];
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      change({ rounds, state: 'streaming', speed: speedometer.read() });
    });
  };
  const finish = (last: Partial<Answer>): void => {
    cancelAnimationFrame(frame);
    change({ rounds, speed: speedometer.read(), ...last });
  };
  try {
    const tools = await options.openTools();
    for (;;) {
      const end = await writeRound({
        ...request(options, rounds, tools),
        speedometer,
        signal,
        show,
      });
      show(end.round);
      if (end.round.calls.length === 0 || rounds.length >= MAX_ROUNDS) {
        finish(ending(end, options.contextLength));
        return;
      }
      show(await runCalls(end.round, { ...options, tools, show }));
      rounds = [...rounds, EMPTY_ROUND];
    }
  } catch (error) {
    if (signal.aborted) finish({ state: 'stopped', note: undefined });
    else {
      finish(failure(error));
      lookAtServer();
    }
  }
}

function request(options: AnswerOptions, rounds: readonly Round[], tools: ToolBox) {
  const begun = rounds.at(-1) ?? EMPTY_ROUND;
  const goesOn = begun.text !== '';
  const before = goesOn ? rounds : rounds.slice(0, -1);
  return {
    begun,
    tools,
    request: {
      model: options.model,
      messages: [...options.messages, ...before.flatMap(toRound)],
      ...options.parameters,
      ...(goesOn ? { continue_final_message: true } : {}),
      ...(tools.definitions.length > 0 ? { tools: tools.definitions } : {}),
    },
  };
}

function ending(
  { round, reason, contextUsed }: RoundEnd,
  contextLength = Infinity,
): Partial<Answer> {
  if (reason !== 'length') {
    const note =
      round.calls.length > 0 ? `Stopped after ${MAX_ROUNDS} requests for tools.` : undefined;
    return { state: 'done', contextUsed, note };
  }
  return contextUsed !== undefined && contextUsed >= contextLength
    ? {
        state: 'cut',
        contextUsed,
        contextFull: true,
        note: 'The context is full: prompt and answer together have all the tokens that this model can read.',
      }
    : {
        state: 'cut',
        contextUsed,
        note: 'The answer reached the maximum number of tokens. Continue it, or raise the maximum in the settings.',
      };
}

function failure(error: unknown): Partial<Answer> {
  const contextFull = error instanceof ServerError && error.code === 'context_length_exceeded';
  return {
    state: 'failed',
    contextFull,
    note: contextFull
      ? 'The conversation is longer than this model can read.'
      : describeFailure(error),
  };
}
