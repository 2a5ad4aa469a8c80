import type { EngineClientError } from '@mlx/schemas';
import type { WireMethod } from '@mlx/schemas/wire';

export interface PendingRequest {
  readonly method: WireMethod;
  resolve(result: unknown): void;
  reject(error: EngineClientError): void;
}

/** What a reply whose id is not pending means. */
export type StrayReply = 'late' | 'duplicate' | 'unknown';

/** Ids of requests given up on that are remembered, to tell late replies from duplicates. */
const REMEMBERED_IDS = 1024;

/** Requests that wait for their answer, by id. */
export class PendingRequests {
  readonly #pending = new Map<number, PendingRequest>();
  readonly #abandoned = new Set<number>();
  #lastId = 0;

  get size(): number {
    return this.#pending.size;
  }

  add(request: PendingRequest): number {
    this.#lastId += 1;
    this.#pending.set(this.#lastId, request);
    return this.#lastId;
  }

  /** Removes and returns the request that a reply answers, or says what else the reply is. */
  take(id: unknown): PendingRequest | StrayReply {
    if (typeof id !== 'number') return 'unknown';
    const request = this.#pending.get(id);
    if (request === undefined) return this.#classify(id);
    this.#pending.delete(id);
    return request;
  }

  /** Stops waiting; the answer, should it still come, is late. */
  abandon(id: number): void {
    if (!this.#pending.delete(id)) return;
    this.#abandoned.add(id);
    const [oldest] = this.#abandoned;
    if (oldest !== undefined && this.#abandoned.size > REMEMBERED_IDS) {
      this.#abandoned.delete(oldest);
    }
  }

  rejectAll(error: EngineClientError): void {
    const requests = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of requests) request.reject(error);
  }

  #classify(id: number): StrayReply {
    if (this.#abandoned.delete(id)) return 'late';
    return Number.isInteger(id) && id > 0 && id <= this.#lastId ? 'duplicate' : 'unknown';
  }
}
