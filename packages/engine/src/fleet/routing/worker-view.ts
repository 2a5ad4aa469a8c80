import type { PrefixDigest } from './prefix-digest.js';

/** What a gateway knows of a worker: its newest announcement. */
export interface WorkerView {
  /** Unique to one life of one worker process. */
  readonly id: string;
  /** True: it finishes what it has and takes nothing new. */
  readonly draining: boolean;
  readonly models: readonly ModelView[];
}

/** A model that a worker has in memory. */
export interface ModelView {
  readonly id: string;
  /** False while it is loaded, or started again. */
  readonly ready: boolean;
  /** Equal on two workers whose answers to one request are equal: weights, their form, the runtime. */
  readonly fingerprint: string;
  /** The same for a request to each of its adapters, by their names. */
  readonly adapters?: ReadonlyMap<string, string> | undefined;
  /** It sees images. */
  readonly vision?: boolean;
  /** Requests that it decodes together. */
  readonly slots: number;
  /** Requests that run or wait on the worker, whichever gateway sent them. */
  readonly requests: number;
  /** Bytes that its kept prefixes may take. */
  readonly prefixCacheBytes: number;
  /** Prefixes that it keeps; absent: it does not say, or nothing has changed. */
  readonly digest?: PrefixDigest | undefined;
}
