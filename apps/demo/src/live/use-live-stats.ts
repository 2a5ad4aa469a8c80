import { useEffect, useState } from 'react';
import { z } from 'zod';
import { apiFetch, apiUrl } from '../server/api.js';
import { describeFailure, readServerError } from '../server/server-error.js';

const StatsSchema = z.object({
  rows: z.object({
    queued: z.number(),
    prefilling: z.number(),
    decoding: z.number(),
    paused: z.number(),
  }),
  tokens: z.object({ prefilled: z.number(), reused: z.number(), generated: z.number() }),
  prefix_cache: z.object({ hit_rate: z.number(), bytes: z.number() }),
  memory: z.object({ active_bytes: z.number(), resident_bytes: z.number() }),
});

/** What the server did in one moment. */
export interface Sample {
  readonly tokensPerSecond: number;
  readonly running: number;
  readonly queued: number;
  /** Prompt tokens that were known already, of those of this moment; 0 to 1. */
  readonly reused: number;
  readonly memoryBytes: number;
  readonly cacheBytes: number;
}

const EVERY_MS = 1000;
const SAMPLES = 60;

/** The last minute, one sample a second. */
export function useLiveStats(): { readonly samples: readonly Sample[]; readonly problem?: string } {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    let before: Moment | undefined;
    const read = async (): Promise<void> => {
      try {
        const now = await readMoment(abort.signal);
        const sample = toSample(now, before ?? now);
        before = now;
        setSamples((all) => [...all, sample].slice(-SAMPLES));
        setProblem(undefined);
      } catch (error) {
        if (!abort.signal.aborted) setProblem(describeFailure(error));
      }
    };
    void read();
    const timer = window.setInterval(() => void read(), EVERY_MS);
    return () => {
      window.clearInterval(timer);
      abort.abort();
    };
  }, []);
  return problem === undefined ? { samples } : { samples, problem };
}

interface Moment {
  readonly at: number;
  readonly stats: z.infer<typeof StatsSchema>;
}

async function readMoment(signal: AbortSignal): Promise<Moment> {
  const response = await apiFetch(apiUrl('v1/stats'), { signal });
  if (!response.ok) throw await readServerError(response);
  return { at: performance.now(), stats: StatsSchema.parse(await response.json()) };
}

function toSample({ at, stats }: Moment, before: Moment): Sample {
  const seconds = Math.max(0.001, (at - before.at) / 1000);
  const since = (key: keyof typeof stats.tokens): number =>
    Math.max(0, stats.tokens[key] - before.stats.tokens[key]);
  const reused = since('reused');
  const { queued, prefilling, decoding, paused } = stats.rows;
  return {
    tokensPerSecond: since('generated') / seconds,
    running: prefilling + decoding + paused,
    queued,
    reused: reused === 0 ? 0 : reused / (reused + since('prefilled')),
    memoryBytes: stats.memory.resident_bytes,
    cacheBytes: stats.prefix_cache.bytes,
  };
}
