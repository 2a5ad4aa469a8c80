import { hashText } from './hashes.js';
import { LearnedBlocks } from './learned-blocks.js';
import type { ModelView, WorkerView } from './worker-view.js';

/** One model on one worker, as a gateway sees it. */
export class Member {
  readonly workerId: string;
  /** Where homes of prompts fall; equal on all gateways. */
  readonly seed: number;
  readonly learned: LearnedBlocks;
  /** Blocks that it announced. */
  held: ReadonlySet<number> = new Set();
  /** Blocks that it announced or must hold. */
  kept = 0;
  /** Requests that this gateway placed and that have not finished. */
  own = 0;
  slots = 1;
  vision = false;
  #fingerprint = '';
  #adapters: ReadonlyMap<string, string> = new Map();
  cacheBytes = 1;
  /** Takes new requests. */
  open = false;
  /** Requests of other gateways, as of its last announcement. */
  #others = 0;

  constructor(workerId: string, maxLearnedBlocks: number) {
    this.workerId = workerId;
    this.seed = hashText(workerId);
    this.learned = new LearnedBlocks(maxLearnedBlocks);
  }

  get load(): number {
    return this.own + this.#others;
  }

  /** Of the model, or of it with an adapter; undefined: it does not have that one. */
  fingerprintOf(adapter: string | undefined): string | undefined {
    return adapter === undefined ? this.#fingerprint : this.#adapters.get(adapter);
  }

  announce(worker: WorkerView, model: ModelView): void {
    this.slots = Math.max(1, model.slots);
    this.#fingerprint = model.fingerprint;
    this.#adapters = model.adapters ?? new Map();
    this.vision = model.vision ?? false;
    this.cacheBytes = Math.max(1, model.prefixCacheBytes);
    this.open = model.ready && !worker.draining;
    this.#others = Math.max(0, model.requests - this.own);
  }
}
