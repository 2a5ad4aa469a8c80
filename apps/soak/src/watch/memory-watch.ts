import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Engine } from '@mlx/engine';
import { descendants } from './process-table.ts';
import { pooledSlope, type Point } from './trend.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;

export interface MemoryTrend {
  readonly samples: number;
  readonly lastMiB: number;
  readonly highestMiB: number;
  readonly slopeMiBPerHour: number;
  /** The slope over the time watched. */
  readonly grownMiB: number;
}

export interface MemoryTrends {
  /** Bytes of the heap that can still be reached, after a collection. */
  readonly heap: MemoryTrend;
  readonly node: MemoryTrend;
  readonly sidecars: MemoryTrend;
}

interface Sample extends Point {
  readonly life: number;
}

/** Samples the memory of this process and of the models' processes. */
export class MemoryWatch {
  readonly #engine: Engine;
  readonly #settleMs: number;
  readonly #startedAt = performance.now();
  readonly #firstSeen = new Map<number, number>();
  readonly #heap: Sample[] = [];
  readonly #node: Sample[] = [];
  readonly #sidecars: Sample[] = [];

  /** @param settleMs how long a process may fill its caches before its memory counts */
  constructor(engine: Engine, settleMs: number) {
    this.#engine = engine;
    this.#settleMs = settleMs;
  }

  async sample(): Promise<void> {
    const { models } = await this.#engine.getRuntimeInfo();
    const pids = new Set(models.map(({ pid }) => pid));
    const processes = (await descendants()).filter(({ pid }) => pids.has(pid));
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    const now = performance.now();
    this.#heap.push(this.#at(process.pid, this.#startedAt, now, heapUsed));
    this.#node.push(this.#at(process.pid, this.#startedAt, now, rss));
    for (const { pid, residentBytes } of processes) {
      const bornAt = this.#firstSeen.get(pid) ?? now;
      this.#firstSeen.set(pid, bornAt);
      this.#sidecars.push(this.#at(pid, bornAt, now, residentBytes));
    }
  }

  trends(): MemoryTrends {
    const watchedMs = performance.now() - this.#startedAt;
    return {
      heap: this.#trend(this.#heap, watchedMs),
      node: this.#trend(this.#node, watchedMs),
      sidecars: this.#trend(this.#sidecars, watchedMs),
    };
  }

  #at(pid: number, bornAt: number, now: number, bytes: number): Sample {
    return { group: pid, life: now - bornAt, x: now - this.#startedAt, y: bytes };
  }

  #trend(samples: readonly Sample[], watchedMs: number): MemoryTrend {
    const settled = samples.filter(({ life }) => life >= this.#settleMs);
    const slope = pooledSlope(settled);
    return {
      samples: settled.length,
      lastMiB: (samples.at(-1)?.y ?? 0) / MIB,
      highestMiB: Math.max(0, ...samples.map(({ y }) => y)) / MIB,
      slopeMiBPerHour: (slope * HOUR_MS) / MIB,
      grownMiB: (slope * Math.max(0, watchedMs - this.#settleMs)) / MIB,
    };
  }
}
