import { LifeCycle } from '@mlx/bridge';
import type { WireTokenRow } from '@mlx/schemas/wire';
import type { ModelLink, ModelProcess } from '../runner/model-process.js';
import {
  isCrash,
  isNobodysFault,
  QUARANTINE_CRASHES,
  recoveryOf,
  type Recovery,
  type RecoveryCounts,
} from './recovery.js';
import type { WireGenerate } from './to-wire.js';
import type { Place, Trials } from './trials.js';

/** A request that is tried alone and yields so many tokens more than before is not what ended the process. */
const TOKENS_OF_TRUST = 8;

interface RowReaderOptions {
  readonly request: WireGenerate;
  readonly process: Pick<ModelProcess, 'ready'>;
  /** Of the process. */
  readonly trials: Trials;
  readonly signal: AbortSignal;
  /** After a crash, go on after the tokens that were received. */
  readonly resume: boolean;
  /** The consumer has seen some of what was received. */
  readonly handedOut: () => boolean;
  /** Where to count what becomes of the request after a crash. */
  readonly recoveries: RecoveryCounts;
  /** The request goes to the process now. */
  readonly sent: () => void;
  /** The process was lost, and what comes of it. */
  readonly crashed: (thrown: unknown, outcome: Recovery['outcome']) => void;
  /** The request is sent again: what was received does not count any more. */
  readonly restarted: () => void;
  /** Takes a row; false pauses reading until `resume()`. */
  readonly row: (row: WireTokenRow) => boolean;
  /** The rows ended, or failed for good, before one that carried `finish`. */
  readonly broken: (thrown: unknown) => void;
}

type Rows = AsyncGenerator<WireTokenRow, void, void>;

/**
 * Reads one answer's rows ahead of the consumer, over crashes of the process
 * where that can be hidden. Calls no handler after `close()` or the last row.
 */
export class RowReader {
  readonly #options: RowReaderOptions;
  readonly #life = new LifeCycle();
  #rows: Rows | undefined;
  #place: Place | undefined;
  #giveUp: (() => void) | undefined;
  /** Crashes it was in flight for and may have caused. */
  #crashes = 0;
  #losses = 0;
  /** Received tokens at which it is held to be innocent of them. */
  #trustedAt = 0;
  #received = 0;
  /** What was received, kept only if it may be needed. */
  readonly #tokens: number[] = [];

  constructor(options: RowReaderOptions) {
    this.#options = options;
  }

  resume(): void {
    if (this.#life.on('open')) this.#open(this.#options.request);
    else if (this.#life.on('resume') && this.#rows !== undefined) this.#read(this.#rows);
  }

  close(): void {
    if (!this.#life.on('close')) return;
    this.#rows?.return().catch(() => undefined);
    this.#leave();
  }

  /** Handlers may close the reader while they are called. */
  get #over(): boolean {
    return this.#life.state === 'over';
  }

  #open(request: WireGenerate): void {
    const { process, signal, trials } = this.#options;
    this.#giveUp = trials.enter(this.#onTrial, (place) => {
      this.#place = place;
      process.ready(signal, request).then((sidecar) => this.#begin(sidecar, request), this.#fail);
    });
  }

  #leave(): void {
    this.#giveUp?.();
    this.#place?.leave();
  }

  /** It is to be tried alone, before it or one of those that it crashed with is blamed. */
  get #onTrial(): boolean {
    return this.#crashes >= QUARANTINE_CRASHES;
  }

  /** It outlived, alone, what it crashed at with others. */
  #acquit(): void {
    this.#crashes = 0;
    this.#place?.share();
  }

  #begin(sidecar: ModelLink, request: WireGenerate): void {
    if (this.#over) return;
    this.#options.sent();
    try {
      this.#rows = sidecar.generate(request, { signal: this.#options.signal });
    } catch (thrown) {
      this.#recover(thrown);
      return;
    }
    this.#read(this.#rows);
  }

  #read(rows: Rows): void {
    rows.next().then(this.#accept, this.#recover);
  }

  readonly #accept = (result: IteratorResult<WireTokenRow, void>): void => {
    if (this.#over) return;
    if (result.done === true) {
      this.#fail(new Error('The stream of tokens ended without saying why'));
      return;
    }
    const row = result.value;
    this.#received += row.tokens.length;
    if (this.#onTrial && this.#received >= this.#trustedAt) this.#acquit();
    if (this.#options.resume) this.#tokens.push(...row.tokens);
    if (row.finish !== undefined) this.close();
    const goOn = this.#options.row(row);
    if (this.#over || this.#rows === undefined) return;
    if (goOn) this.#read(this.#rows);
    else this.#life.on('pause');
  };

  readonly #recover = (thrown: unknown): void => {
    if (this.#over) return;
    const crashed = isCrash(thrown);
    if (crashed) this.#losses += 1;
    if (crashed && !isNobodysFault(thrown)) this.#crashes += 1;
    const alone = this.#place?.alone ?? false;
    this.#trustedAt = this.#received + TOKENS_OF_TRUST;
    const { resume, handedOut, recoveries } = this.#options;
    const recovery = recoveryOf({
      thrown,
      crashes: this.#crashes,
      losses: this.#losses,
      alone,
      tokens: this.#received,
      handedOut: handedOut(),
      resume,
    });
    if (crashed) {
      recoveries[recovery.outcome] += 1;
      this.#options.crashed(thrown, recovery.outcome);
    }
    this.#place?.leave();
    // Those that were in flight with it are told in the same turn; who is to be tried comes first.
    if (this.#onTrial) this.#carryOut(recovery);
    else setImmediate(() => this.#carryOut(recovery));
  };

  #carryOut(recovery: Recovery): void {
    if (this.#over) return;
    const { request, restarted } = this.#options;
    switch (recovery.outcome) {
      case 'replayed':
        this.#received = 0;
        restarted();
        return this.#open(request);
      case 'resumed':
        return this.#open({ ...request, resumeTokens: this.#tokens });
      case 'failed':
      case 'quarantined':
        return this.#fail(recovery.failure);
      default:
        return recovery satisfies never;
    }
  }

  readonly #fail = (thrown: unknown): void => {
    if (!this.#life.on('close')) return;
    this.#leave();
    this.#options.broken(thrown);
  };
}
