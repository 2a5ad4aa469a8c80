import type { Supervisor } from '@mlx/bridge';
import type { EngineClientError, GenerationStats, GeneratorChunk } from '@mlx/schemas';
import type { WireTokenRow } from '@mlx/schemas/wire';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { RequestTally } from '../models/request-tally.js';
import type { CallScope } from '../support/call-scope.js';
import { cancelledError, toEngineError } from '../support/errors.js';
import { isSlowConsumer, type ActiveRun } from './active-runs.js';
import { Answer } from './answer.js';
import { argumentsChecker, type CheckArguments } from './check-arguments.js';
import { combineStats } from './combine-stats.js';
import { Pace } from './pace.js';
import type { GenerationPlan } from './plan.js';
import type { PullSource, PullStream } from './pull-stream.js';
import { RowReader } from './row-reader.js';
import type { WireGenerate } from './to-wire.js';
import type { ToolMismatches } from './tool-mismatches.js';

interface Lane {
  readonly answer: Answer;
  readonly reader: RowReader;
}

interface GenerationRunOptions {
  readonly plan: GenerationPlan;
  readonly scope: CallScope;
  readonly events: EngineEmitter;
  readonly mismatches: ToolMismatches;
  /** `performance.now()` of the call. */
  readonly startedAt: number;
  readonly process: Supervisor;
  /** Where to count what goes wrong. */
  readonly tally: RequestTally;
  /** Chunks are handed out at most this often, in milliseconds; 0: as they come. */
  readonly flushIntervalMs: number;
  /** Gives back what the run held; called once, with stats if it ended well. */
  readonly release: (stats?: GenerationStats) => void;
}

/**
 * A generation under way. What goes wrong before anything was handed out
 * rejects the consumer's `next()`; later it becomes the last chunk of the
 * answer concerned, so that other answers of the request go on.
 */
export class GenerationRun implements PullSource<GeneratorChunk>, ActiveRun {
  readonly #stream: PullStream<GeneratorChunk>;
  readonly #options: GenerationRunOptions;
  readonly #lanes: readonly Lane[];
  readonly #pace: Pace;
  readonly #checkArguments: CheckArguments;
  #takenAt: number;
  #nextLane = 0;
  #handedOut = false;
  #isOver = false;

  constructor(stream: PullStream<GeneratorChunk>, options: GenerationRunOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#takenAt = options.startedAt;
    this.#checkArguments = argumentsChecker(options.plan.tools);
    this.#pace = new Pace(options.flushIntervalMs, () => stream.wake());
    this.#lanes = options.plan.requests.map((request, index) => this.#lane(request, index));
    options.scope.signal.addEventListener('abort', this.#onAbort, { once: true });
    for (const { reader } of this.#lanes) reader.resume();
  }

  get streamId(): string {
    return this.#options.plan.streamId;
  }

  get idleMs(): number {
    return this.#stream.awaited ? 0 : performance.now() - this.#takenAt;
  }

  flush(): void {
    this.#pace.release();
  }

  abort(reason: EngineClientError): void {
    this.#options.scope.abort(reason);
  }

  take(): GeneratorChunk | undefined {
    if (this.#pace.holding) return undefined;
    const lanes = this.#lanes;
    for (let offset = 0; offset < lanes.length; offset += 1) {
      const position = (this.#nextLane + offset) % lanes.length;
      const chunk = lanes[position]?.answer.take();
      if (chunk === undefined) continue;
      this.#nextLane = position + 1;
      this.#handedOut = true;
      this.#takenAt = performance.now();
      if (!this.#isOver) this.#pace.handedOut();
      lanes[position]?.reader.resume();
      return chunk;
    }
    return undefined;
  }

  close(): void {
    for (const { reader } of this.#lanes) reader.close();
    this.#over(this.#options.scope.abortedBy ?? cancelledError('The consumer left'));
  }

  #lane(request: WireGenerate, position: number): Lane {
    const { plan, scope, process, tally, startedAt } = this.#options;
    const index = plan.requests.length === 1 ? undefined : position;
    const { model: modelId, streaming } = plan;
    const answer = new Answer({ modelId, index, startedAt, streaming });
    const reader = new RowReader({
      request,
      process,
      signal: scope.signal,
      resume: plan.options.resume ?? false,
      recoveries: tally.recoveries,
      handedOut: () => answer.handedOut,
      restarted: () => answer.restart(),
      row: (row) => this.#addRow(answer, row),
      broken: (thrown) => this.#fail(answer, thrown),
    });
    return { answer, reader };
  }

  /** Returns whether to read on. */
  #addRow(answer: Answer, row: WireTokenRow): boolean {
    answer.add(row);
    if (row.text !== '') this.#announceToken(answer, row);
    if (row.mismatch !== undefined || row.toolCall?.raw !== undefined) this.#checkCall(row);
    if (answer.error !== undefined) this.#fail(answer, answer.error);
    else if (answer.over) this.#settle();
    this.#stream.wake();
    return !answer.full;
  }

  #fail(answer: Answer, thrown: unknown): void {
    const error = this.#options.scope.abortedBy ?? toEngineError(thrown);
    if (!this.#handedOut) {
      this.#over(error);
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
    this.#over();
    this.#stream.end();
  }

  /** Nothing runs any more, though chunks may wait to be taken. Exactly one event tells how it ended. */
  #over(failure?: EngineClientError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { scope, release } = this.#options;
    this.#pace.stop();
    scope.signal.removeEventListener('abort', this.#onAbort);
    const answers = this.#lanes.map(({ answer }) => answer);
    const error = failure ?? answers.find((answer) => answer.error !== undefined)?.error;
    const [first, ...rest] = answers.flatMap(({ stats }) => stats ?? []);
    const stats = error === undefined && first ? combineStats(first, ...rest) : undefined;
    release(stats);
    this.#report(error, stats);
  }

  #report(error: EngineClientError | undefined, stats: GenerationStats | undefined): void {
    const { events, plan, tally } = this.#options;
    const { streamId, model } = plan;
    if (isSlowConsumer(error)) tally.slowConsumers += 1;
    if (error) events.announceError(error, { streamId, model });
    else if (stats) events.announce('generation:completed', { streamId, stats });
  }

  /** A call that nothing held to its form may be none, or one with wrong arguments. */
  #checkCall({ text, mismatch, toolCall }: WireTokenRow): void {
    const { mismatches, plan } = this.#options;
    const { streamId, model } = plan;
    if (mismatch !== undefined) mismatches.report({ streamId, model, reason: mismatch, text });
    if (toolCall?.raw === undefined) return;
    const { name = '', arguments: argumentsText, raw } = toolCall;
    const reason = this.#checkArguments(name, argumentsText);
    if (reason === undefined) return;
    mismatches.report({ streamId, model, tool: name, reason, text: raw });
  }

  #announceToken({ index }: Answer, { text, logprobs }: WireTokenRow): void {
    const { events, plan } = this.#options;
    if (events.listenerCount('generation:token') === 0) return;
    const logprob = logprobs?.at(-1)?.logprob;
    events.announce('generation:token', { streamId: plan.streamId, token: text, logprob, index });
  }
}
