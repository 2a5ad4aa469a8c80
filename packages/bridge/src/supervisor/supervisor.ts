import { isEngineClientError } from '@mlx/schemas';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import type { RequestOptions } from '../connection/connection-options.js';
import { crashedError } from '../errors/crashed.js';
import { restartBudgetExhausted } from '../errors/supervision.js';
import { notRunning, stoppedError } from '../errors/transport.js';
import { GuardedEmitter } from '../events/guarded-emitter.js';
import { backoffDelay } from '../resilience/backoff.js';
import type { Sidecar, SidecarMethod } from '../sidecar/sidecar.js';
import { sleep } from '../time/sleep.js';
import { bringUp } from './bring-up.js';
import { forwardEvents } from './supervisor-events.js';
import { IdempotentCalls } from './idempotent-calls.js';
import { ReadyWaiters } from './ready-waiters.js';
import { RestartBudget } from './restart-budget.js';
import { SpareSlot } from './spare-slot.js';
import { nextState } from './state-table.js';
import type { SupervisorEvent, SupervisorState } from './state-table.js';
import type { CrashReason, SupervisorEvents } from './supervisor-events.js';
import { resolveSupervisorOptions } from './supervisor-options.js';
import type { ResolvedSupervisorOptions, SupervisorOptions } from './supervisor-options.js';
import { SupervisorCounters } from './supervisor-stats.js';
import type { SupervisorStats } from './supervisor-stats.js';

/**
 * Keeps one sidecar running: replaces a process that died, within a budget, and
 * says what state it is in. Every move goes through `state-table.ts`.
 */
export class Supervisor extends GuardedEmitter<SupervisorEvents> implements AsyncDisposable {
  readonly #options: ResolvedSupervisorOptions;
  readonly #budget: RestartBudget;
  readonly #spare: SpareSlot;
  readonly #calls: IdempotentCalls;
  readonly #waiters = new ReadyWaiters();
  readonly #counters = new SupervisorCounters();
  #state: SupervisorState = 'stopped';
  /** The process that calls go to, or that is being brought up. */
  #current: Sidecar | undefined;
  /** The last process to be told to leave. */
  #stopping: Sidecar | undefined;
  #ending: Promise<unknown> = Promise.resolve();
  /** A start that waits for an earlier end is taken back by a stop that comes after it. */
  #stops = 0;
  /** Aborted by `stop`: whatever was going to happen next does not. */
  #session = new AbortController();
  /** A process was ready since the last start or reset, so a dead one is worth replacing. */
  #recovering = false;
  #failure: unknown;

  constructor(options: SupervisorOptions) {
    super();
    const resolved = resolveSupervisorOptions(options);
    const { create, clock, random } = resolved;
    this.#options = resolved;
    this.#budget = new RestartBudget(resolved.maxRestarts, resolved.restartWindowMs);
    this.#spare = new SpareSlot(create, clock, resolved.spareDelayMs);
    this.#calls = new IdempotentCalls(clock, random, options.retry, options.circuitBreaker);
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** The process that is ready now, if one is. */
  get sidecar(): Sidecar | undefined {
    return this.#state === 'ready' ? this.#current : undefined;
  }

  /** Why the state is `failed`. */
  get failure(): unknown {
    return this.#failure;
  }

  stats(): SupervisorStats {
    return {
      ...this.#counters.snapshot(),
      state: this.#state,
      spare: this.#spare.filled,
      circuit: this.#calls.circuit,
      sidecar: this.#current?.stats(),
    };
  }

  /**
   * Starts, and resolves once ready. A first process that cannot be brought up
   * is not tried again: rejects with the reason, and the state is `failed`.
   */
  async start(): Promise<void> {
    const stops = this.#stops;
    await this.#ending;
    if (this.#stops !== stops) throw stoppedError();
    if (this.#state === 'stopped') this.#begin('start');
    await this.ready();
  }

  /** Leaves `failed` with a fresh budget; elsewhere only waits to be ready. */
  async reset(): Promise<void> {
    if (this.#state === 'failed') this.#begin('reset');
    await this.ready();
  }

  /** The ready process, waited for while one is being started or restarted. */
  ready(signal?: AbortSignal): Promise<Sidecar> {
    if (this.#state === 'stopped') return Promise.reject(notRunning('stopped'));
    if (this.#state === 'failed') return Promise.reject(this.#failure);
    const sidecar = this.sidecar;
    return sidecar === undefined ? this.#waiters.wait(signal) : Promise.resolve(sidecar);
  }

  /** Calls the ready process; idempotent methods are retried and guarded by the circuit breaker. */
  request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions = {},
  ): Promise<WireResult<M>> {
    return this.#calls.run(method, options.signal, async () => {
      const sidecar = await this.ready(options.signal);
      return sidecar.request(method, params, options);
    });
  }

  /**
   * Stops for good, whatever is going on, and resolves when no process is left but a spare that
   * the pool took.
   */
  async stop(options: { force?: boolean } = {}): Promise<void> {
    this.#stops += 1;
    if (this.#move('stop')) {
      this.#session.abort();
      this.#stopping = this.#current;
      this.#current = undefined;
      this.#waiters.rejectAll(stoppedError());
      const { pool } = this.#options;
      this.#ending = Promise.all([this.#stopping?.stop(options), this.#spare.empty(pool)]);
    } else if (options.force === true) {
      void this.#stopping?.stop(options);
    }
    await this.#ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #begin(event: 'start' | 'reset'): void {
    this.#session = new AbortController();
    this.#recovering = false;
    this.#budget.reset();
    this.#calls.reset();
    void this.#bringUpNext(event, this.#session.signal);
  }

  async #bringUpNext(event: SupervisorEvent, stopped: AbortSignal): Promise<void> {
    this.#move(event);
    // Whoever listens to the state may have stopped it.
    if (stopped.aborted) return;
    const { pool, create } = this.#options;
    const sidecar = this.#spare.take() ?? pool?.take() ?? create();
    this.#current = sidecar;
    this.#counters.follow(sidecar);
    forwardEvents(sidecar, this);
    try {
      await bringUp(sidecar, this.#options.onStart, this.#recovering, stopped);
    } catch (error) {
      await sidecar.stop({ force: true });
      if (this.#current === sidecar) this.#notBroughtUp(sidecar, error, stopped);
      return;
    }
    if (this.#current === sidecar) this.#broughtUp(sidecar, stopped);
  }

  #broughtUp(sidecar: Sidecar, stopped: AbortSignal): void {
    this.#recovering = true;
    this.#failure = undefined;
    sidecar.once('exit', (exit) => {
      if (this.#current !== sidecar) return;
      this.#crashed(exit.reason, crashedError(exit), stopped);
    });
    this.#move('started');
    if (this.sidecar !== sidecar) return;
    this.#waiters.resolveAll(sidecar);
    if (this.#options.spare) this.#spare.fill();
  }

  #notBroughtUp(sidecar: Sidecar, error: unknown, stopped: AbortSignal): void {
    const died = sidecar.exit?.reason ?? 'spawn';
    const reason: CrashReason = died === 'stopped' ? 'start-hook' : died;
    if (this.#recovering && isRetryable(error)) this.#crashed(reason, error, stopped);
    else this.#giveUp(reason, error);
  }

  #crashed(reason: CrashReason, error: unknown, stopped: AbortSignal): void {
    const { clock, maxRestarts, restartWindowMs } = this.#options;
    if (!this.#budget.take(clock.now())) {
      this.#giveUp(reason, restartBudgetExhausted(maxRestarts, restartWindowMs, error));
      return;
    }
    this.#current = undefined;
    this.#counters.countRestart(reason);
    const attempt = this.#budget.used;
    const delayMs = this.#restartDelay(attempt);
    this.#move('crashed');
    this.emit('restart', { reason, attempt, delayMs });
    void this.#restartAfter(delayMs, stopped);
  }

  async #restartAfter(delayMs: number, stopped: AbortSignal): Promise<void> {
    const elapsed = await sleep(this.#options.clock, delayMs, stopped);
    if (elapsed) await this.#bringUpNext('backedOff', stopped);
  }

  #giveUp(reason: CrashReason, error: unknown): void {
    this.#current = undefined;
    this.#counters.countFinalCrash(reason);
    this.#failure = error;
    this.#ending = this.#spare.empty();
    this.#move('gaveUp');
    this.#waiters.rejectAll(error);
  }

  #restartDelay(attempt: number): number {
    const { restartDelayBaseMs, restartDelayMaxMs, random } = this.#options;
    const backoff = { initialDelayMs: restartDelayBaseMs, maxDelayMs: restartDelayMaxMs };
    return backoffDelay(attempt, { ...backoff, multiplier: 2, jitter: 0.5 }, random());
  }

  #move(event: SupervisorEvent): boolean {
    const previous = this.#state;
    const state = nextState(previous, event);
    if (state === undefined) return false;
    this.#state = state;
    this.emit('state', state, previous);
    return true;
  }
}

function isRetryable(error: unknown): boolean {
  return isEngineClientError(error) && error.retryable;
}
