import type { EngineClientError, GenerationStats, GeneratorChunk } from '@mlx/schemas';
import { LifeCycle, errorFromWire } from '@mlx/bridge';
import type { WireFinish, WirePromptUse, WireTokenRow } from '@mlx/schemas/wire';
import type { AnswerCheck, AnswerMismatch } from './answer-check.js';
import { AnswerMeter } from './answer-meter.js';
import { PendingPieces } from './pending.js';
import { toErrorChunk, toMetadataChunk, toWrittenChunk } from './to-chunk.js';

/** Tokens read ahead of the consumer; the credit window of the process bounds the rest. */
const LOOKAHEAD_TOKENS = 32;

interface AnswerOptions {
  readonly modelId: string;
  /** Undefined when there is only one answer. */
  readonly index: number | undefined;
  /** `performance.now()` of the call. */
  readonly startedAt: number;
  /** False: the text is handed out whole, at the end. */
  readonly streaming: boolean;
  readonly check: AnswerCheck;
  /** Takes note of what does not follow its schema. */
  readonly report: (mismatch: AnswerMismatch) => void;
}

/** One of a request's answers: gathers rows until they are taken as one chunk, then the last chunk. */
export class AnswerBuffer {
  readonly index: number | undefined;
  readonly #modelId: string;
  readonly #streaming: boolean;
  readonly #startedAt: number;
  readonly #life = new LifeCycle();
  readonly #check: AnswerCheck;
  readonly #report: (mismatch: AnswerMismatch) => void;
  #meter: AnswerMeter;
  #handedOut = false;
  #prompt: WirePromptUse | undefined;
  #pending = new PendingPieces();
  #last: GeneratorChunk | undefined;
  #stats: GenerationStats | undefined;
  #error: EngineClientError | undefined;

  constructor({ modelId, index, startedAt, streaming, check, report }: AnswerOptions) {
    this.#check = check;
    this.#report = report;
    this.index = index;
    this.#modelId = modelId;
    this.#streaming = streaming;
    this.#startedAt = startedAt;
    this.#meter = new AnswerMeter(startedAt);
    this.#life.on('open');
  }

  /** Some of it was taken. */
  get handedOut(): boolean {
    return this.#handedOut;
  }

  /** No more rows are to come. */
  get over(): boolean {
    return this.#life.state !== 'open';
  }

  /** Tokens that were received, whether it ended well or not. */
  get tokens(): number {
    return this.#meter.tokens;
  }

  /** Those of them that nobody has taken yet. */
  get waitingTokens(): number {
    return this.#pending.tokens;
  }

  /** Set when the answer ended well. */
  get stats(): GenerationStats | undefined {
    return this.#stats;
  }

  /** Set when it failed. */
  get error(): EngineClientError | undefined {
    return this.#error;
  }

  /** So much can be taken that reading on would only move the queue. */
  get full(): boolean {
    return this.#takeable && this.#pending.tokens >= LOOKAHEAD_TOKENS;
  }

  /** Forgets what was added; nothing of it may have been taken. */
  restart(): void {
    this.#pending = new PendingPieces();
    this.#check.restart();
    this.#prompt = undefined;
    this.#meter = new AnswerMeter(this.#startedAt);
  }

  add(row: WireTokenRow): void {
    this.#meter.count(row.tokens.length);
    this.#prompt ??= row.prompt;
    this.#pending.add(row);
    this.#check.add(row);
    if (row.finish !== undefined) this.#finish(row.finish);
  }

  fail(error: EngineClientError): void {
    if (!this.#life.on('end')) return;
    this.#error = error;
    this.#last = toErrorChunk(error, this.index);
  }

  /** The next chunk, if there is something to say. */
  take(): GeneratorChunk | undefined {
    const pending = this.over || this.#takeable ? this.#pending.take() : undefined;
    if (pending !== undefined) {
      const prompt = this.#handedOut ? undefined : this.#prompt;
      this.#handedOut = true;
      return toWrittenChunk(pending, this.index, prompt);
    }
    const last = this.#last;
    this.#last = undefined;
    return last;
  }

  /** Text without characters waits for the tokens that complete it. */
  get #takeable(): boolean {
    return this.#streaming && this.#pending.hasSomethingToSay;
  }

  #finish(finish: WireFinish): void {
    if (finish.error !== undefined) {
      this.fail(errorFromWire(finish.error));
      return;
    }
    this.#life.on('end');
    this.#stats = this.#meter.stats(this.#modelId, finish.usage);
    const last = toMetadataChunk(this.#stats, finish, this.index);
    const mismatches = this.#check.mismatches(finish);
    for (const mismatch of mismatches) this.#report(mismatch);
    if (mismatches.length > 0) {
      last.mismatches = mismatches.map(({ tool, reason }) => ({ tool, reason }));
    }
    this.#last = last;
  }
}
