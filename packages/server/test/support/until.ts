/** Waits for a condition that no event announces, checking once per event-loop turn. */
export async function until(condition: () => boolean, timeoutMs = 5000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`Not reached in ${timeoutMs} ms: ${String(condition)}`);
    await new Promise(setImmediate);
  }
}
