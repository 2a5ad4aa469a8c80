import type { Supervisor } from '@mlx/bridge';
import type { EngineClientError, GeneratorChunk } from '@mlx/schemas';
import type { WireTokenRow } from '@mlx/schemas/wire';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { CallScope } from '../support/call-scope.js';
import { cancelledError, toEngineError } from '../support/errors.js';
import { Answer } from './answer.js';
import { combineStats } from './combine-stats.js';
import type { GenerationPlan } from './plan.js';
import type { PullSource, PullStream } from './pull-stream.js';
import { RowReader } from './row-reader.js';
import type { WireGenerate } from './to-wire.js';

interface Lane {
  readonly answer: Answer;
  readonly reader: RowReader;
}

interface GenerationRunOptions {
  readonly plan: GenerationPlan;
  readonly scope: CallScope;
  readonly events: EngineEmitter;
  /** `performance.now()` of the call. */
  readonly startedAt: number;
  readonly process: Supervisor;
  /** Gives back what the run held; called once. */
  readonly release: () => void;
}

/**
 * A generation under way. What goes wrong before anything was handed out
 * rejects the consumer's `next()`; later it becomes the last chunk of the
 * answer concerned, so that other answers of the request go on.
 */
export class GenerationRun implements PullSource<GeneratorChunk> {
  readonly #stream: PullStream<GeneratorChunk>;
  readonly #options: GenerationRunOptions;
  readonly #lanes: readonly Lane[];
  #nextLane = 0;
  #handedOut = false;
  #reported = false;

  constructor(stream: PullStream<GeneratorChunk>, options: GenerationRunOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#lanes = options.plan.requests.map((request, index) => this.#lane(request, index));
    options.scope.signal.addEventListener('abort', this.#onAbort, { once: true });
    for (const { reader } of this.#lanes) reader.resume();
  }

  take(): GeneratorChunk | undefined {
    const lanes = this.#lanes;
    for (let offset = 0; offset < lanes.length; offset += 1) {
      const position = (this.#nextLane + offset) % lanes.length;
      const chunk = lanes[position]?.answer.take();
      if (chunk === undefined) continue;
      this.#nextLane = position + 1;
      this.#handedOut = true;
      lanes[position]?.reader.resume();
      return chunk;
    }
    return undefined;
  }

  close(): void {
    const { scope, release } = this.#options;
    scope.signal.removeEventListener('abort', this.#onAbort);
    for (const { reader } of this.#lanes) reader.close();
    release();
    this.#report(scope.abortedBy ?? cancelledError('The consumer left'));
  }

  #lane(request: WireGenerate, position: number): Lane {
    const { plan, scope, process, startedAt } = this.#options;
    const index = plan.requests.length === 1 ? undefined : position;
    const { model: modelId, streaming } = plan;
    const answer = new Answer({ modelId, index, startedAt, streaming });
    const reader = new RowReader({
      request,
      process,
      signal: scope.signal,
      resume: plan.options.resume ?? false,
      row: (row) => this.#addRow(answer, row),
      broken: (thrown) => this.#fail(answer, thrown),
    });
    return { answer, reader };
  }

  /** Returns whether to read on. */
  #addRow(answer: Answer, row: WireTokenRow): boolean {
    answer.add(row);
    if (row.text !== '') this.#announceToken(answer, row);
    if (answer.error !== undefined) this.#fail(answer, answer.error);
    else if (answer.over) this.#settle();
    this.#stream.wake();
    return !answer.full;
  }

  #fail(answer: Answer, thrown: unknown): void {
    const error = this.#options.scope.abortedBy ?? toEngineError(thrown);
    if (!this.#handedOut) {
      this.#report(error);
      this.#stream.fail(error);
      return;
    }
    answer.fail(error);
    this.#settle();
    this.#stream.wake();
  }

  readonly #onAbort = (): void => {
    const { scope } = this.#options;
    if (scope.abortedByCaller) {
      this.#stream.fail(scope.abortedBy);
      return;
    }
    for (const { answer, reader } of this.#lanes) {
      reader.close();
      if (!answer.over) this.#fail(answer, scope.abortedBy);
    }
  };

  #settle(): void {
    if (!this.#lanes.every(({ answer }) => answer.over)) return;
    this.#report();
    this.#stream.end();
  }

  /** Exactly one event says how the request ended. */
  #report(failure?: EngineClientError): void {
    if (this.#reported) return;
    this.#reported = true;
    const { events, plan } = this.#options;
    const { streamId, model } = plan;
    const answers = this.#lanes.map(({ answer }) => answer);
    const error = failure ?? answers.find((answer) => answer.error !== undefined)?.error;
    const [first, ...rest] = answers.flatMap(({ stats }) => stats ?? []);
    if (error !== undefined || first === undefined) {
      if (error !== undefined) events.announceError(error, { streamId, model });
      return;
    }
    events.announce('generation:completed', { streamId, stats: combineStats(first, ...rest) });
  }

  #announceToken({ index }: Answer, { text, logprobs }: WireTokenRow): void {
    const { events, plan } = this.#options;
    if (events.listenerCount('generation:token') === 0) return;
    const logprob = logprobs?.at(-1)?.logprob;
    events.announce('generation:token', { streamId: plan.streamId, token: text, logprob, index });
  }
}
