export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Of those, how many were drafted; 0 where a server does not tell. */
  readonly acceptedDraftTokens: number;
}

/** What one streamed completion looked like from outside; times in milliseconds of `performance.now()`. */
export interface StreamRecord {
  readonly startedAt: number;
  /** When each event with text arrived. */
  readonly textAt: readonly number[];
  readonly endedAt: number;
  readonly text: string;
  readonly finishReasons: readonly string[];
  readonly usage: Usage;
}

export function timeToFirstToken(record: StreamRecord): number {
  return (record.textAt[0] ?? Number.NaN) - record.startedAt;
}

/** Milliseconds between successive events with text. */
export function gaps(record: StreamRecord): number[] {
  return record.textAt.slice(1).map((at, index) => at - (record.textAt[index] ?? at));
}

/** Tokens per second after the first one: decoding without the prompt. */
export function decodeRate(record: StreamRecord): number {
  const first = record.textAt[0] ?? Number.NaN;
  const last = record.textAt.at(-1) ?? Number.NaN;
  return ((record.usage.completionTokens - 1) / (last - first)) * 1000;
}
