import type { ChatMessage } from '../client/completion-request.ts';
import type { Endpoint } from '../client/endpoint.ts';
import { streamCompletion } from '../client/stream-completion.ts';

/** Longer than any benchmark lets them run; they are cut off when it ends. */
const MANY_TOKENS = 2000;

/** Streams that keep decoding while something else is measured; aborted on dispose. */
export class OngoingStreams implements AsyncDisposable {
  readonly #arrivals: number[][];
  readonly #abort = new AbortController();
  readonly #ended: Promise<PromiseSettledResult<unknown>[]>;
  readonly #waiting = new Set<() => void>();
  #failure: Error | undefined;

  constructor(endpoint: Endpoint, prompts: readonly ChatMessage[][]) {
    this.#arrivals = prompts.map(() => []);
    this.#ended = Promise.allSettled(
      prompts.map((messages, index) => this.#run(endpoint, messages, index)),
    );
  }

  /** Resolves once every stream has sent `count` pieces; rejects when one ends before. */
  untilEachHas(count: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = (): void => {
      if (this.#failure !== undefined) reject(this.#failure);
      else if (this.#arrivals.every((times) => times.length >= count)) resolve();
      else return;
      this.#waiting.delete(check);
    };
    this.#waiting.add(check);
    check();
    return promise;
  }

  /** All gaps between pieces of one stream that ended between two moments. */
  gapsWithin(from: number, until: number): number[] {
    return this.#arrivals.flatMap((times) =>
      times.flatMap((at, index) => {
        const previous = times[index - 1];
        return previous !== undefined && at > from && at <= until ? [at - previous] : [];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #run(endpoint: Endpoint, messages: ChatMessage[], index: number): Promise<void> {
    // Endless stories repeat themselves, and with drafts many tokens would come at once.
    const request = { messages, max_tokens: MANY_TOKENS, temperature: 0, prompt_lookup: false };
    try {
      await streamCompletion(endpoint, request, {
        signal: this.#abort.signal,
        onData: () => this.#note(index),
      });
      throw new Error('A stream that was to keep running came to its end.');
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
      this.#wake();
    }
  }

  #note(index: number): void {
    this.#arrivals[index]?.push(performance.now());
    this.#wake();
  }

  #wake(): void {
    // A check that succeeds removes itself, which iteration over a set allows.
    for (const check of this.#waiting) check();
  }
}
