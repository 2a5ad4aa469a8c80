import type { ModelView, RouteRequest, WorkerView } from '../../../../src/fleet/routing/index.js';
import { NO_BLOCKS } from '../../../../src/fleet/routing/index.js';
import type { PromptBlocks } from '../../../../src/fleet/routing/index.js';

const MODEL = 'm';

/** A worker with one model, ready and idle but for what is said otherwise. */
export function worker(
  id: string,
  model: Partial<ModelView> = {},
  view: Partial<WorkerView> = {},
): WorkerView {
  return {
    id,
    draining: false,
    models: [
      {
        id: MODEL,
        ready: true,
        fingerprint: 'f',
        slots: 8,
        requests: 0,
        prefixCacheBytes: 100,
        ...model,
      },
    ],
    ...view,
  };
}

let requests = 0;

export function request(changes: Partial<RouteRequest> = {}): RouteRequest {
  requests += 1;
  return { id: `r${requests}`, model: MODEL, tenant: '', blocks: NO_BLOCKS, ...changes };
}

/** A prompt of blocks with these names, each of 256 characters. */
export function blocks(...names: number[]): PromptBlocks {
  return { names, ends: names.map((_, place) => (place + 1) * 256), length: names.length * 256 };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
