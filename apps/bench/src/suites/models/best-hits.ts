/** How many of these requests find their model in memory where the least recently used one leaves. */
export function bestHits(requests: readonly string[], places: number): number {
  // The least recently used first.
  const present = new Set<string>();
  let hits = 0;
  for (const model of requests) {
    if (present.delete(model)) hits += 1;
    else if (present.size === places) {
      const [oldest] = present;
      if (oldest !== undefined) present.delete(oldest);
    }
    present.add(model);
  }
  return hits;
}
