/** Reads several sources at once and yields whatever comes first; one failure ends all. */
export async function* merge<Item>(sources: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item> {
  const pending = new Map(sources.map((source) => [source, step(source)]));
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(source);
      } else {
        pending.set(source, step(source));
        yield result.value;
      }
    }
  } finally {
    for (const promise of pending.values()) promise.catch(() => undefined);
    await Promise.allSettled([...pending.keys()].map((source) => source.return(undefined)));
  }
}

async function step<Item>(source: AsyncGenerator<Item>) {
  return { source, result: await source.next() };
}
