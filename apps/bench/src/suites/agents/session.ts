import type { ChatMessage } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { streamCompletion } from '../../client/stream-completion.ts';
import { timeToFirstToken, type StreamRecord } from '../../client/stream-record.ts';
import { sum } from '../../measure/statistics.ts';
import type { Progress } from '../../report/progress.ts';
import { longText } from '../../prompts/long-text.ts';

/** How a coding agent works: the same instructions every time, and a history that grows. */
export interface SessionPlan {
  /** Tokens of instructions and tools, the same in every request. */
  readonly systemTokens: number;
  readonly turns: number;
  /** Tokens of each turn's question or tool result. */
  readonly turnTokens: number;
  readonly answerTokens: number;
}

/** Tokens of context that a whole session fits. */
export const SESSION_CONTEXT = 16_384;

export function planSession(quick: boolean): SessionPlan {
  return quick
    ? { systemTokens: 1000, turns: 5, turnTokens: 60, answerTokens: 8 }
    : { systemTokens: 12_000, turns: 20, turnTokens: 100, answerTokens: 12 };
}

export interface Session {
  readonly firstTokenSeconds: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
}

/**
 * `endpoint`: asked for anew before each turn where it is a function. `agent`: what its
 * instructions are made of; `task`: what its turns are made of. `progress`: told of each turn.
 */
export async function replaySession(
  endpoint: Endpoint | (() => Endpoint),
  agent: string,
  task: string,
  plan: SessionPlan,
  progress: Progress = () => undefined,
): Promise<Session> {
  const system = longText(`instructions of ${agent}`, plan.systemTokens);
  const messages: ChatMessage[] = [{ role: 'system', content: system }];
  const records: StreamRecord[] = [];
  for (let turn = 0; turn < plan.turns; turn++) {
    messages.push({ role: 'user', content: longText(`${task}, ${turn}`, plan.turnTokens) });
    const body = { messages: [...messages], max_tokens: plan.answerTokens, temperature: 0 };
    const at = typeof endpoint === 'function' ? endpoint() : endpoint;
    const record = await streamCompletion(at, body);
    messages.push({ role: 'assistant', content: record.text });
    records.push(record);
    const seconds = (timeToFirstToken(record) / 1000).toFixed(1);
    progress(`${task}, turn ${turn + 1} of ${plan.turns}: first token after ${seconds} s`);
  }
  return {
    firstTokenSeconds: sum(records.map(timeToFirstToken)) / 1000,
    promptTokens: sum(records.map(({ usage }) => usage.promptTokens)),
    cachedTokens: sum(records.map(({ usage }) => usage.cachedTokens)),
  };
}
