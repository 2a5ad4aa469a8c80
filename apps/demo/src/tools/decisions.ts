/** What the reader says to a call. */
export type Decision = 'once' | 'always' | 'refuse';

const asked = new Map<string, (decision: Decision) => void>();

/** Waits until the reader has decided about a call; rejects when the answer is stopped. */
export function askReader(callId: string, signal: AbortSignal): Promise<Decision> {
  const { promise, resolve, reject } = Promise.withResolvers<Decision>();
  asked.set(callId, resolve);
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    asked.delete(callId);
    signal.removeEventListener('abort', stop);
  });
}

export function decide(callId: string, decision: Decision): void {
  asked.get(callId)?.(decision);
}
