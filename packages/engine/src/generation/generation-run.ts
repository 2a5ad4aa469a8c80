import { ConsumerWatch, LifeCycle, systemClock } from '@mlx/bridge';
import type { PullSource, PullStream, Watched } from '@mlx/bridge';
import { cancelledError, isSlowConsumerError, slowConsumerError } from '@mlx/schemas';
import type { EngineClientError, GenerationStats, GeneratorChunk } from '@mlx/schemas';
import type { WireFinish, WireTokenRow } from '@mlx/schemas/wire';
import type { EngineEmitter } from '../events/engine-emitter.js';
import type { ModelProcess } from '../runner/model-process.js';
import type { ForgottenRuns } from '../settings.js';
import type { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';
import type { GenerationTrace } from '../tracing/generation-trace.js';
import { AnswerBuffer } from './answer-buffer.js';
import { AnswerCheck, type AnswerMismatch } from './answer-check.js';
import { argumentsChecker, type CheckArguments } from './check-arguments.js';
import { combineStats } from './answer-meter.js';
import { GapMeter } from './gap-meter.js';
import { generationTimes } from './generation-times.js';
import { namedAsAsked } from './named-as-asked.js';
import type { GenerationPlan } from './plan.js';
import type { RecoveryCounts } from './recovery.js';
import { RowReader } from './row-reader.js';
import { Throttle } from './throttle.js';
import type { WireGenerate } from './to-wire.js';
import type { Trials } from './trials.js';
import type { ToolMismatches } from './tool-mismatches.js';

/** One of the answers to a request, and what reads it. */
interface Choice {
  readonly answer: AnswerBuffer;
  readonly reader: RowReader;
  readonly gaps: GapMeter;
}

/** What a run counts of what goes wrong. */
export interface RunCounters {
  readonly recoveries: RecoveryCounts;
  slowConsumers: number;
}

interface GenerationRunOptions {
  readonly plan: GenerationPlan;
  readonly scope: CallScope;
  readonly events: EngineEmitter;
  readonly mismatches: ToolMismatches;
  readonly trace: GenerationTrace;
  /** `performance.now()` of the call. */
  readonly startedAt: number;
  readonly process: ModelProcess;
  readonly counters: RunCounters;
  /** Of the process. */
  readonly trials: Trials;
  /** Chunks are handed out at most this often, in milliseconds; 0: as they come. */
  readonly flushIntervalMs: number;
  readonly forgotten: ForgottenRuns;
  /** Gives back what the run held; called once, with stats if it ended well. */
  readonly release: (stats?: GenerationStats) => void;
}

/**
 * A generation under way. What goes wrong before anything was handed out
 * rejects the consumer's `next()`; later it becomes the last chunk of the
 * answer concerned, so that other answers of the request go on.
 */
export class GenerationRun implements PullSource<GeneratorChunk>, Watched {
  readonly #stream: PullStream<GeneratorChunk>;
  readonly #options: GenerationRunOptions;
  readonly #choices: readonly Choice[];
  readonly #throttle: Throttle;
  readonly #watch: ConsumerWatch;
  readonly #life = new LifeCycle();
  readonly #checkArguments: CheckArguments;
  readonly #finishes: WireFinish[] = [];
  #takenAt: number;
  #nextChoice = 0;
  #handedOut = false;

  constructor(stream: PullStream<GeneratorChunk>, options: GenerationRunOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#takenAt = options.startedAt;
    this.#checkArguments = argumentsChecker(options.plan.tools);
    this.#throttle = new Throttle(options.flushIntervalMs, () => stream.wake());
    this.#watch = new ConsumerWatch(watchOptions(options.forgotten), this);
    this.#choices = options.plan.requests.map((request, index) => this.#choice(request, index));
    options.scope.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#watch.start();
    for (const { reader } of this.#choices) reader.resume();
  }

  /** How long the consumer has taken nothing; 0 while it waits for more. */
  get idleMs(): number {
    return this.#stream.awaited ? 0 : performance.now() - this.#takenAt;
  }

  flush(): void {
    this.#throttle.release();
  }

  /** The consumer forgot the stream: it gives back its place. */
  drop(idleMs: number): void {
    const { plan, scope } = this.#options;
    scope.abort(slowConsumerError(plan.streamId, idleMs));
  }

  take(): GeneratorChunk | undefined {
    if (this.#throttle.holding) return undefined;
    const choices = this.#choices;
    for (let offset = 0; offset < choices.length; offset += 1) {
      const position = (this.#nextChoice + offset) % choices.length;
      const chunk = choices[position]?.answer.take();
      if (chunk === undefined) continue;
      this.#nextChoice = position + 1;
      this.#handedOut = true;
      this.#takenAt = performance.now();
      if (chunk.type !== 'metadata' && chunk.type !== 'error') {
        choices[position]?.gaps.handedOut(this.#takenAt, chunk.tokenIds?.length ?? 0);
      }
      if (this.#life.state !== 'over') this.#throttle.handedOut();
      choices[position]?.reader.resume();
      return chunk;
    }
    return undefined;
  }

  close(): void {
    for (const { reader } of this.#choices) reader.close();
    if (this.#life.state === 'over') return;
    this.#over(this.#options.scope.abortedBy ?? cancelledError('The consumer left'));
  }

  #choice(request: WireGenerate, position: number): Choice {
    const { plan, scope, process, counters, startedAt, trace, trials } = this.#options;
    const index = plan.requests.length === 1 ? undefined : position;
    const { model: modelId, streaming } = plan;
    const check = new AnswerCheck(this.#checkArguments, plan.structured);
    const report = (mismatch: AnswerMismatch) => this.#reportMismatch(mismatch);
    const answer = new AnswerBuffer({ modelId, index, startedAt, streaming, check, report });
    const reader = new RowReader({
      request,
      process,
      trials,
      signal: scope.signal,
      resume: plan.resume,
      recoveries: counters.recoveries,
      handedOut: () => answer.handedOut,
      sent: () => trace.sent(position),
      crashed: (thrown, outcome) => trace.crashed(toEngineError(thrown), outcome),
      restarted: () => {
        answer.restart();
        trace.restarted(position);
      },
      row: (row) => {
        trace.row(position, row);
        return this.#addRow(answer, row);
      },
      broken: (thrown) => this.#fail(answer, namedAsAsked(thrown)),
    });
    return { answer, reader, gaps: new GapMeter() };
  }

  /** Returns whether to read on. */
  #addRow(answer: AnswerBuffer, row: WireTokenRow): boolean {
    answer.add(row);
    if (row.finish !== undefined) this.#finishes.push(row.finish);
    if (row.text !== '') this.#announceToken(answer, row);
    if (row.mismatch !== undefined) {
      this.#reportMismatch({ reason: row.mismatch, text: row.text });
    }
    if (answer.error !== undefined) this.#fail(answer, answer.error);
    else if (answer.over) this.#settle();
    this.#stream.wake();
    return !answer.full;
  }

  #fail(answer: AnswerBuffer, thrown: unknown): void {
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
    for (const { answer, reader } of this.#choices) {
      reader.close();
      if (!answer.over) this.#fail(answer, scope.abortedBy);
    }
  };

  #settle(): void {
    if (!this.#choices.every(({ answer }) => answer.over)) return;
    this.#over();
    this.#stream.end();
  }

  /** Nothing runs any more, though chunks may wait to be taken. Exactly one event tells how it ended. */
  #over(failure?: EngineClientError): void {
    if (!this.#life.on('close')) return;
    const { scope, release } = this.#options;
    this.#throttle.stop();
    this.#watch.stop();
    scope.signal.removeEventListener('abort', this.#onAbort);
    const answers = this.#choices.map(({ answer }) => answer);
    const error = failure ?? answers.find((answer) => answer.error !== undefined)?.error;
    const [first, ...rest] = answers.flatMap(({ stats }) => stats ?? []);
    const stats = error === undefined && first ? combineStats(first, ...rest) : undefined;
    release(stats);
    this.#report(error, stats);
  }

  #report(error: EngineClientError | undefined, stats: GenerationStats | undefined): void {
    const { events, plan, counters, trace } = this.#options;
    const { streamId, model } = plan;
    if (isSlowConsumerError(error)) counters.slowConsumers += 1;
    trace.end(error, stats);
    if (error) {
      const tokensGenerated = this.#choices.reduce((sum, { answer }) => sum + answer.tokens, 0);
      events.announceError(error, { streamId, model, tokensGenerated });
    } else if (stats) {
      const now = performance.now();
      const gaps = this.#choices.map((choice) => {
        // They came by now, whenever their consumer takes them.
        if (plan.streaming) choice.gaps.handedOut(now, choice.answer.waitingTokens);
        return choice.gaps;
      });
      const times = generationTimes(this.#finishes, gaps, plan.streaming);
      events.announce('generation:completed', { streamId, stats, ...times });
    }
  }

  #reportMismatch(mismatch: AnswerMismatch): void {
    const { mismatches, plan } = this.#options;
    mismatches.report({ streamId: plan.streamId, model: plan.model, ...mismatch });
  }

  #announceToken({ index }: AnswerBuffer, { text, logprobs }: WireTokenRow): void {
    const { events, plan } = this.#options;
    if (events.listenerCount('generation:token') === 0) return;
    const logprob = logprobs?.at(-1)?.logprob;
    events.announce('generation:token', { streamId: plan.streamId, token: text, logprob, index });
  }
}

function watchOptions({ checkEveryMs, maxIdleMs }: ForgottenRuns) {
  return {
    clock: systemClock,
    checkEveryMs,
    ackTimeoutMs: maxIdleMs,
    slowConsumerThresholdMs: Number.POSITIVE_INFINITY,
  };
}
