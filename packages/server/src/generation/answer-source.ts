import { errorFromChunk } from '@mlx/schemas';
import type { GeneratorChunk, MetadataChunk } from '@mlx/schemas';
import type { AnswerChunk } from './chunks.js';

type Source = AsyncGenerator<GeneratorChunk>;
type Result = IteratorResult<AnswerChunk>;

/** Time that a stream's first token may take before its headers are sent without it. */
const HEADERS_AFTER_MS = 5000;

/**
 * The chunks of all answers, read once. Error chunks become exceptions, so that
 * failures have one form. Written out by hand because it runs for every token.
 */
export class AnswerSource implements AsyncIterableIterator<AnswerChunk> {
  readonly #source: Source;
  readonly #onAnswer: (end: MetadataChunk) => void;
  #tokens = 0;
  #first: Promise<Result> | undefined;

  /** @param onAnswer told of each answer that ends well */
  constructor(source: Source, onAnswer: (end: MetadataChunk) => void = ignore) {
    this.#source = source;
    this.#onAnswer = onAnswer;
  }

  /** Tokens that were read so far. */
  get tokens(): number {
    return this.#tokens;
  }

  /**
   * Starts reading and waits for the first chunk, so that a request that
   * fails at once is answered with a status instead of a broken stream. After
   * `waitMs` (a long prompt) it gives up that chance.
   */
  async begin(waitMs = HEADERS_AFTER_MS): Promise<void> {
    const first = this.next();
    this.#first = first;
    // Whoever reads on sees a failure, unless the client left before.
    first.catch(() => undefined);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    try {
      await Promise.race([first, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  next(): Promise<Result> {
    const first = this.#first;
    if (first === undefined) return this.#source.next().then(this.#checked);
    this.#first = undefined;
    return first;
  }

  async return(): Promise<Result> {
    await this.#source.return(undefined);
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #checked = ({ value, done }: IteratorResult<GeneratorChunk>): Result => {
    if (done === true) return { value: undefined, done };
    if (value.type === 'metadata') this.#onAnswer(value);
    else if (value.type !== 'error') this.#tokens += value.tokenIds?.length ?? 0;
    if (value.type !== 'error') return { value, done: false };
    // The other answers of a request end with the first that fails.
    void this.#source.return(undefined);
    throw errorFromChunk(value);
  };
}

const ignore = (): void => undefined;
