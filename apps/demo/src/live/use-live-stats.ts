import { ServerStatsSchema, type ProcessStats } from '@mlx/schemas/endpoints';
import { useEffect, useState } from 'react';
import { apiFetch, apiUrl } from '../server/api.js';
import { describeFailure, readServerError } from '../server/server-error.js';

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
  readonly processes: readonly ProcessStats[];
}

async function readMoment(signal: AbortSignal): Promise<Moment> {
  const response = await apiFetch(apiUrl('v1/stats'), { signal });
  if (!response.ok) throw await readServerError(response);
  const { models } = ServerStatsSchema.parse(await response.json());
  return { at: performance.now(), processes: models.flatMap(({ process }) => process ?? []) };
}

function toSample({ at, processes }: Moment, before: Moment): Sample {
  const seconds = Math.max(0.001, (at - before.at) / 1000);
  const since = (key: 'generated' | 'prefilled' | 'reused'): number => {
    const count = ({ tokens }: ProcessStats): number => tokens[key];
    return Math.max(0, total(processes, count) - total(before.processes, count));
  };
  const reused = since('reused');
  return {
    tokensPerSecond: since('generated') / seconds,
    running: total(processes, ({ rows }) => rows.prefilling + rows.decoding + rows.paused),
    queued: total(processes, ({ rows }) => rows.queued),
    reused: reused === 0 ? 0 : reused / (reused + since('prefilled')),
    memoryBytes: total(processes, ({ memory }) => memory.resident_bytes),
    cacheBytes: total(processes, ({ prefix_cache: cache }) => cache.bytes),
  };
}

const total = (processes: readonly ProcessStats[], pick: (stats: ProcessStats) => number): number =>
  processes.reduce((sum, stats) => sum + pick(stats), 0);
