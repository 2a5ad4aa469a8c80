import { useEffect, useState } from 'react';
import { z } from 'zod';
import { readServerError, describeFailure } from './server-error.js';

const StatusSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('loading'),
    step: z.string(),
    progress: z.number().min(0).max(1).nullable(),
  }),
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('failed'), message: z.string() }),
]);

const ModelsSchema = z.object({ data: z.array(z.object({ id: z.string() })).min(1) });

export type ServerStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'loading'; readonly step: string; readonly progress: number | null }
  | { readonly state: 'ready'; readonly model: string }
  | { readonly state: 'failed'; readonly message: string };

const POLL_LOADING_MS = 700;
const POLL_SETTLED_MS = 15_000;

/** Follows the server: often while its model loads, now and then afterwards. */
export function useServerStatus(): ServerStatus {
  const [status, setStatus] = useState<ServerStatus>({ state: 'connecting' });

  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const poll = async (): Promise<void> => {
      const next = await readStatus(abort.signal);
      if (abort.signal.aborted) return;
      setStatus((previous) => (isSame(previous, next) ? previous : next));
      const settled = next.state === 'ready';
      timer = window.setTimeout(() => void poll(), settled ? POLL_SETTLED_MS : POLL_LOADING_MS);
    };
    void poll();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, []);

  return status;
}

async function readStatus(signal: AbortSignal): Promise<ServerStatus> {
  try {
    const readiness = await fetch('./readyz', { signal });
    const status = StatusSchema.parse(await readiness.json());
    if (status.state !== 'ready') return status;
    const models = await fetch('./v1/models', { signal });
    if (!models.ok) throw await readServerError(models);
    const [first] = ModelsSchema.parse(await models.json()).data;
    return { state: 'ready', model: first?.id ?? '' };
  } catch (error) {
    return { state: 'failed', message: describeFailure(error) };
  }
}

function isSame(left: ServerStatus, right: ServerStatus): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
