import type { WireTokenRow } from '@mlx/schemas/wire';
import type { FakeRow } from './fake-rows.js';
import { Pace } from './pace.js';
import type { FakeGeneration } from './script.js';

const FLOOD_STEPS_PER_WRITE = 16;

/** Steps all rows together, one frame per step, while any of them may go on. */
export class FakeGenerator {
  readonly rows = new Map<string, FakeRow>();
  readonly queued: FakeRow[] = [];
  tokensSent = 0;
  stalled = false;
  readonly counts = { admitted: 0, finished: 0, cancelled: 0, steps: 0 };
  readonly #plan: FakeGeneration;
  readonly #write: (frames: string) => void;
  readonly #onTokens: (sent: number) => void;
  readonly #pace = new Pace();
  #scheduled = false;
  #batch = 0;

  constructor(
    plan: FakeGeneration,
    write: (frames: string) => void,
    onTokens: (sent: number) => void,
  ) {
    this.#plan = plan;
    this.#write = write;
    this.#onTokens = onTokens;
  }

  get full(): boolean {
    const { maxRows = 4096, maxQueued = 1024 } = this.#plan;
    return this.rows.size >= maxRows && this.queued.length >= maxQueued;
  }

  has(streamId: string): boolean {
    return this.rows.has(streamId) || this.queued.some((row) => row.streamId === streamId);
  }

  add(row: FakeRow): void {
    this.counts.admitted += 1;
    this.queued.push(row);
    this.#admit();
    this.wake();
  }

  addCredit(streamId: string, tokens: number): void {
    const row = this.rows.get(streamId);
    if (row !== undefined) row.credit += tokens;
    this.wake();
  }

  cancel(streamId: string): void {
    const waiting = this.queued.findIndex((row) => row.streamId === streamId);
    const row = this.rows.get(streamId) ?? this.queued[waiting];
    if (row === undefined) return;
    this.rows.delete(streamId);
    if (waiting !== -1) this.queued.splice(waiting, 1);
    this.counts.cancelled += 1;
    this.#send([{ streamId, text: '', tokens: [], finish: row.finish('cancelled') }]);
    this.#admit();
  }

  wake(): void {
    if (this.#scheduled || this.stalled) return;
    this.#scheduled = true;
    const { stepMs = 0, timestamps = false, batches = 1 } = this.#plan;
    if (stepMs > 0 && timestamps) this.#pace.wait(stepMs / batches, () => this.#run(1));
    else if (stepMs > 0) setTimeout(this.#run, stepMs, 1);
    else setImmediate(this.#run, this.#plan.stepsPerWrite ?? FLOOD_STEPS_PER_WRITE);
  }

  readonly #run = (steps: number): void => {
    this.#scheduled = false;
    let frames = '';
    for (let step = 0; step < steps && !this.stalled; step += 1) {
      const rows = this.#step();
      if (rows.length === 0) break;
      frames += encodeRows(rows);
      const before = this.tokensSent;
      this.tokensSent += rows.length;
      // What was generated before a fault has to be on its way before it happens.
      this.#flushBeforeFault(before, () => {
        this.#write(frames);
        frames = '';
      });
    }
    if (frames !== '') this.#write(frames);
    if ([...this.rows.values()].some((row) => !row.paused)) this.wake();
    else this.#pace.rest();
  };

  #flushBeforeFault(before: number, flush: () => void): void {
    for (let sent = before + 1; sent <= this.tokensSent; sent += 1) {
      if (!this.faultTokens.has(sent)) continue;
      flush();
      this.#onTokens(sent);
    }
  }

  /** Counts of sent tokens at which something happens. */
  faultTokens = new Set<number>();

  #step(): WireTokenRow[] {
    const rows: WireTokenRow[] = [];
    const { batches = 1 } = this.#plan;
    this.#batch = (this.#batch + 1) % batches;
    let place = 0;
    for (const row of this.rows.values()) {
      place += 1;
      if (row.paused || place % batches !== this.#batch) continue;
      rows.push(row.step(this.#pace.due));
      if (!row.finished) continue;
      this.rows.delete(row.streamId);
      this.counts.finished += 1;
    }
    if (rows.length > 0) this.counts.steps += 1;
    this.#admit();
    return rows;
  }

  #admit(): void {
    while (this.rows.size < (this.#plan.maxRows ?? 4096)) {
      const next = this.queued.shift();
      if (next === undefined) return;
      this.rows.set(next.streamId, next);
    }
  }

  #send(rows: WireTokenRow[]): void {
    this.#write(encodeRows(rows));
  }
}

function encodeRows(rows: WireTokenRow[]): string {
  return `${JSON.stringify({ jsonrpc: '2.0', method: 'tokens', params: { rows } })}\n`;
}
