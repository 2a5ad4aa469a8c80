import { median, quantile, sum } from '../measure/statistics.ts';
import type { CompletionRequest } from './completion-request.ts';
import type { Endpoint } from './endpoint.ts';
import { streamCompletion } from './stream-completion.ts';
import { gaps, timeToFirstToken, type StreamRecord } from './stream-record.ts';

/** What requests sent at the same moment added up to. */
export interface Together {
  readonly records: readonly StreamRecord[];
  readonly completionTokens: number;
  /** From the first request's start to the last one's end. */
  readonly wallSeconds: number;
  readonly tokensPerSecond: number;
  readonly firstTokenMedianMs: number;
  /** Median gap between two pieces of text of one stream: one decode step. */
  readonly stepMedianMs: number;
  readonly gap95Ms: number;
}

export async function together(
  endpoint: Endpoint,
  requests: readonly CompletionRequest[],
): Promise<Together> {
  return summarise(
    await Promise.all(requests.map((request) => streamCompletion(endpoint, request))),
  );
}

function summarise(records: readonly StreamRecord[]): Together {
  const startedAt = Math.min(...records.map((record) => record.startedAt));
  const endedAt = Math.max(...records.map((record) => record.endedAt));
  const completionTokens = sum(records.map((record) => record.usage.completionTokens));
  const wallSeconds = (endedAt - startedAt) / 1000;
  const allGaps = records.flatMap(gaps);
  return {
    records,
    completionTokens,
    wallSeconds,
    tokensPerSecond: completionTokens / wallSeconds,
    firstTokenMedianMs: median(records.map(timeToFirstToken)),
    stepMedianMs: median(allGaps),
    gap95Ms: quantile(allGaps, 0.95),
  };
}
