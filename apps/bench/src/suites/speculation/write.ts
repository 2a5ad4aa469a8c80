import type { ChatMessage, CompletionRequest } from '../../client/completion-request.ts';
import type { Endpoint } from '../../client/endpoint.ts';
import { decodeRate, type StreamRecord } from '../../client/stream-record.ts';
import { together } from '../../client/together.ts';
import { sum } from '../../measure/statistics.ts';
import type { SamplingSettings } from '../../prompts/settings.ts';

export interface Load {
  readonly name: string;
  readonly prompt: (name: string) => ChatMessage[];
  readonly streams: number;
  readonly tokens: number;
  readonly settings: SamplingSettings;
}

/** Tokens per second after the first ones of all streams, how many were drafted rightly, and what they say. */
export interface Written {
  readonly rate: number;
  /** Share of the tokens. */
  readonly accepted: number;
  readonly texts: readonly string[];
}

/** @param extra what the request says beyond OpenAI's API */
export async function write(
  endpoint: Endpoint,
  { name, prompt, streams, tokens, settings }: Load,
  round: number,
  extra: Partial<CompletionRequest> = {},
): Promise<Written> {
  const requests = Array.from({ length: streams }, (_, index) => ({
    messages: prompt(`${name} ${round} ${index}`),
    max_tokens: tokens,
    ...settings,
    seed: round * streams + index,
    ...extra,
  }));
  const { records } = await together(endpoint, requests);
  const drafted = sum(records.map(({ usage }) => usage.acceptedDraftTokens));
  const written = sum(records.map(({ usage }) => usage.completionTokens));
  return {
    rate: rateOf(records),
    accepted: drafted / written,
    texts: records.map(({ text }) => text),
  };
}

function rateOf(records: readonly StreamRecord[]): number {
  return sum(records.map(decodeRate));
}
