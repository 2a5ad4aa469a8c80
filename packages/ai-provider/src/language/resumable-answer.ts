import { APICallError } from '@ai-sdk/provider';
import type { TransportChunk, RunningAnswer } from '../transport/transport.js';
import { Written } from './written.js';

type Open = () => Promise<RunningAnswer>;

/**
 * An answer whose generation can be ended while nobody reads it, and is
 * started again when somebody does: the same request with the same seed
 * writes the same answer, of which what was handed out is left out.
 */
export class ResumableAnswer {
  readonly #open: Open;
  readonly #written: Written;
  /** Read before anybody asked for it. */
  readonly #ahead: TransportChunk[];
  #running: RunningAnswer;
  #state: 'running' | 'suspended' | 'over' = 'running';

  private constructor(open: Open, running: RunningAnswer, ahead: TransportChunk[]) {
    this.#open = open;
    this.#running = running;
    this.#ahead = ahead;
    this.#written = new Written(() => diverged(running));
  }

  /** Resolves once the model says something: what fails before rejects, and can be tried again. */
  static async start(open: Open): Promise<ResumableAnswer> {
    const running = await open();
    const ahead: TransportChunk[] = [];
    for (;;) {
      const chunk = await running.next();
      if (chunk !== undefined) ahead.push(chunk);
      if (chunk?.type !== 'response' && chunk?.type !== 'raw') break;
    }
    return new ResumableAnswer(open, running, ahead);
  }

  /** How the request was understood. */
  get understood(): RunningAnswer {
    return this.#running;
  }

  /** The next element; undefined after the last. */
  async next(): Promise<TransportChunk | undefined> {
    const ahead = this.#ahead.shift();
    if (ahead !== undefined) return this.#handOut(ahead);
    if (this.#state === 'over') return undefined;
    if (this.#state === 'suspended') await this.#resume();
    for (;;) {
      const chunk = await this.#running.next();
      if (chunk === undefined) return this.#end();
      const unread = this.#written.unread(chunk);
      if (unread !== undefined) return this.#handOut(unread);
    }
  }

  /** Ends the generation until the next `next()`. */
  suspend(): void {
    if (this.#state !== 'running') return;
    this.#state = 'suspended';
    this.#running.stop();
  }

  /** Ends it for good. */
  stop(): void {
    this.#state = 'over';
    this.#running.stop();
  }

  async #resume(): Promise<void> {
    this.#running = await this.#open();
    this.#written.startOver();
    this.#state = 'running';
  }

  #handOut(chunk: TransportChunk): TransportChunk {
    if (chunk.type === 'metadata' || chunk.type === 'interrupted') this.#end();
    this.#written.add(chunk);
    return chunk;
  }

  #end(): undefined {
    this.#state = 'over';
  }
}

function diverged({ url = 'mlx://answer', body }: RunningAnswer): APICallError {
  return new APICallError({
    message:
      'The generation was ended because nobody read it, and wrote another answer when it was ' +
      'started again. Read streams to their end, or raise abandonAfterMs.',
    url,
    requestBodyValues: body,
    isRetryable: true,
  });
}
