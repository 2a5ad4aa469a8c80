import { useEffect, useState } from 'react';
import { z } from 'zod';
import { refreshModels, useModels } from '../models/model-list.js';
import { apiUrl, useKey } from './api.js';
import { describeFailure } from './server-error.js';

const StatusSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('loading'),
    step: z.string(),
    progress: z.number().min(0).max(1).nullable(),
  }),
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('failed'), message: z.string() }),
]);

export type ServerStatus = { readonly state: 'connecting' } | z.infer<typeof StatusSchema>;

const POLL_LOADING_MS = 700;
const POLL_SETTLED_MS = 15_000;

const looks = new EventTarget();

/** Has the server looked at now: something that was asked of it failed. */
export function lookAtServer(): void {
  looks.dispatchEvent(new Event('look'));
}

/** Follows the server and its models: often while something loads, now and then afterwards. */
export function useServerStatus(): ServerStatus {
  const [status, setStatus] = useState<ServerStatus>({ state: 'connecting' });
  const key = useKey((state) => state.key);

  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    let isAsking = false;
    const poll = async (): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      window.clearTimeout(timer);
      const next = await readStatus(abort.signal);
      isAsking = false;
      if (abort.signal.aborted) return;
      setStatus((previous) => (isSame(previous, next) ? previous : next));
      const wait = isSettled(next) ? POLL_SETTLED_MS : POLL_LOADING_MS;
      timer = window.setTimeout(() => void poll(), wait);
    };
    looks.addEventListener('look', () => void poll(), { signal: abort.signal });
    void poll();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [key]);

  return status;
}

async function readStatus(signal: AbortSignal): Promise<ServerStatus> {
  try {
    const readiness = await fetch(apiUrl('readyz'), { signal });
    const status = StatusSchema.parse(await readiness.json());
    // The key form asks once; asking the server again and again would not answer it.
    if (useKey.getState().refused) return status;
    if (status.state !== 'loading') await refreshModels(signal);
    return status;
  } catch (error) {
    return { state: 'failed', message: describeFailure(error) };
  }
}

function isSettled({ state }: ServerStatus): boolean {
  const { models } = useModels.getState();
  return state === 'ready' && models.every((model) => model.state !== 'loading');
}

function isSame(left: ServerStatus, right: ServerStatus): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
