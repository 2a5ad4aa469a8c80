export function requestFor(index: number, maxTokens: number) {
  const prompt = { type: 'text' as const, text: 'flood' };
  return { streamId: `stream-${index}`, prompt, sampling: { maxTokens } };
}

/** Microseconds since the fake wrote this text, which is a moment of the clock both share. */
export function delayOf(text: string): number {
  return Number(process.hrtime.bigint() / 1000n) - Number(text);
}

/** Percentiles in milliseconds. */
export function summarize(delays: readonly number[]) {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0) / 1000;
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}
