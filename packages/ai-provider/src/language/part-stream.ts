import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { IdleWatch } from './idle-watch.js';
import type { PartWriter } from './part-writer.js';
import type { ResumableAnswer } from './resumable-answer.js';
import { ReadAhead } from './read-ahead.js';
import { failed } from './to-finish.js';

type Part = LanguageModelV4StreamPart;
type Controller = ReadableStreamDefaultController<Part>;

/** Who came back once is slow rather than gone. */
const PATIENCE_WITH_SLOW_MS = 60_000;

interface PartStreamOptions {
  readonly answer: ResumableAnswer;
  readonly writer: PartWriter;
  /** The first part. */
  readonly start: Part;
  readonly signal: AbortSignal | undefined;
  /** How long nobody may come for the next part before the generation is ended. */
  readonly abandonAfterMs: number;
}

/**
 * An answer's parts, written only when somebody comes for them. Who leaves
 * `streamText` early tells nobody: neither `cancel()` nor a signal comes. So a
 * generation whose reader stays away is ended, and taken up again if the
 * reader comes back after all.
 */
export class PartStream implements UnderlyingDefaultSource<Part> {
  readonly #options: PartStreamOptions;
  readonly #ahead: ReadAhead | undefined;
  #watch: IdleWatch;
  #controller: Controller | undefined;
  #over = false;

  constructor(options: PartStreamOptions) {
    this.#options = options;
    this.#watch = this.#watchFor(options.abandonAfterMs);
    this.#ahead = Number.isFinite(options.abandonAfterMs) ? new ReadAhead() : undefined;
  }

  start(controller: Controller): void {
    this.#controller = controller;
    const { signal, start } = this.#options;
    controller.enqueue(start);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#watch.idle();
  }

  async pull(controller: Controller): Promise<void> {
    this.#watch.busy();
    try {
      const parts = await this.#nextParts();
      if (this.#over) return;
      for (const part of parts) controller.enqueue(part);
      const padding = this.#ahead?.padding(parts.length) ?? [];
      for (const part of padding) controller.enqueue(part);
      if (parts.length === 0) this.#close();
      else this.#watch.idle();
    } catch (error) {
      this.#fail(controller, error);
    }
  }

  cancel(): void {
    this.#end();
    this.#options.answer.stop();
  }

  /** Those of the next chunk that has any; none at the end. */
  async #nextParts(): Promise<Part[]> {
    const { answer, writer } = this.#options;
    for (;;) {
      const chunk = await answer.next();
      if (chunk === undefined) return [];
      const parts = writer.write(chunk);
      if (parts.length > 0) return parts;
    }
  }

  #fail(controller: Controller, error: unknown): void {
    if (this.#over) return;
    // An error of the stream itself would throw away the parts that wait in it.
    controller.enqueue({ type: 'error', error });
    controller.enqueue(failed());
    this.#options.answer.stop();
    this.#close();
  }

  readonly #onAbort = (): void => {
    if (this.#over) return;
    const { signal, answer } = this.#options;
    this.#end();
    answer.stop();
    this.#controller?.error(signal?.reason);
  };

  #close(): void {
    this.#end();
    this.#controller?.close();
  }

  #end(): void {
    this.#over = true;
    this.#watch.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  #watchFor(patienceMs: number): IdleWatch {
    return new IdleWatch(patienceMs, () => {
      this.#options.answer.suspend();
      this.#watch = this.#watchFor(Math.max(patienceMs, PATIENCE_WITH_SLOW_MS));
    });
  }
}
