import { EngineClientError } from '@mlx/schemas';
import { isTokenRow } from '../protocol/check-row.js';
import { isRecord } from '../protocol/parse-frame.js';
import type { RowReceiver } from './stream-host.js';

/** What is counted of the rows that come. */
interface RowCounters {
  tokens: number;
  malformedFrames: number;
  unknownRows: number;
}

/** The streams under way, by id; hands each row to its own. */
export class Streams {
  readonly #live = new Map<string, RowReceiver>();
  readonly #counters: RowCounters;

  constructor(counters: RowCounters) {
    this.#counters = counters;
  }

  /** Streams that the sidecar may still send rows for, those given up on included. */
  get size(): number {
    return this.#live.size;
  }

  add(live: RowReceiver): void {
    if (this.#live.has(live.id)) {
      throw new EngineClientError('InvalidParams', `Stream id '${live.id}' is in use`, {
        details: { type: 'duplicate_stream', field: 'streamId' },
      });
    }
    this.#live.set(live.id, live);
  }

  remove(live: RowReceiver): void {
    if (this.#live.get(live.id) === live) this.#live.delete(live.id);
  }

  receive(rows: readonly unknown[]): void {
    for (const row of rows) {
      if (!isTokenRow(row)) {
        this.#receiveMalformed(row);
        continue;
      }
      this.#counters.tokens += row.tokens.length;
      const live = this.#live.get(row.streamId);
      if (live === undefined) this.#counters.unknownRows += 1;
      else live.receive(row);
    }
  }

  failAll(error: EngineClientError): void {
    const streams = [...this.#live.values()];
    this.#live.clear();
    for (const live of streams) live.fail(error);
  }

  #receiveMalformed(row: unknown): void {
    this.#counters.malformedFrames += 1;
    const id = isRecord(row) ? row['streamId'] : undefined;
    if (typeof id === 'string') this.#live.get(id)?.receiveMalformed();
  }
}
