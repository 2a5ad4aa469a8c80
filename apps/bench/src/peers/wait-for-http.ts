import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `url` until it answers 200; throws after `timeoutMs`. */
export async function waitForHttp(url: string, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  for (;;) {
    if (await answers(url, signal)) return;
    if (signal.aborted) throw new Error(`${url} did not answer 200 within ${timeoutMs} ms.`);
    await sleep(50);
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
