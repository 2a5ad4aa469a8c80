import type { ChatMessage, CompletionRequest } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { decodeRate, type StreamRecord } from '../../client/stream-record.ts';
import { together } from '../../client/together.ts';
import { sum } from '../../measure/statistics.ts';
import { GREEDY } from '../../prompts/settings.ts';

export interface Load {
  readonly name: string;
  readonly prompt: (name: string) => ChatMessage[];
  readonly streams: number;
  readonly tokens: number;
}

/** Tokens per second after the first ones of all streams, and what they say. */
export interface Written {
  readonly rate: number;
  readonly texts: readonly string[];
}

/** @param extra what the request says beyond OpenAI's API */
export async function write(
  endpoint: Endpoint,
  { name, prompt, streams, tokens }: Load,
  round: number,
  extra: Partial<CompletionRequest> = {},
): Promise<Written> {
  const requests = Array.from({ length: streams }, (_, index) => ({
    messages: prompt(`${name} ${round} ${index}`),
    max_tokens: tokens,
    ...GREEDY,
    ...extra,
  }));
  const { records } = await together(endpoint, requests);
  return { rate: rateOf(records), texts: records.map(({ text }) => text) };
}

function rateOf(records: readonly StreamRecord[]): number {
  return sum(records.map(decodeRate));
}
