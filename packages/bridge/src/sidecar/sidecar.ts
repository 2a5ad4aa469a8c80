import type { EngineClientError } from '@mlx/schemas';
import type { WireMethod, WireParams, WireResult, WireTokenRow } from '@mlx/schemas/wire';
import type { RequestOptions } from '../connection/connection-options.js';
import type { Connection } from '../connection/connection.js';
import { newCounters } from '../connection/counters.js';
import { crashedError, startFailedError } from '../errors/crashed.js';
import { spawnFailed } from '../errors/spawn-failed.js';
import { notRunning, stoppedError } from '../errors/transport.js';
import { GuardedEmitter } from '../events/guarded-emitter.js';
import type { ExitReason, SidecarExit } from '../process/sidecar-exit.js';
import type { SidecarProcess } from '../process/sidecar-process.js';
import type { PullStream } from '../stream/pull-stream.js';
import type { StreamOptions } from '../stream/stream-host.js';
import { Deadline } from '../time/deadline.js';
import { shakeHands } from './handshake.js';
import { HeartbeatWatch } from './heartbeat-watch.js';
import { openLink } from './link.js';
import type { SidecarEvents, SidecarState, SidecarStats } from './sidecar-events.js';
import { resolveSidecarOptions } from './sidecar-options.js';
import type { ResolvedSidecarOptions, SidecarOptions } from './sidecar-options.js';

/** Methods callers may use; the handshake and the end belong to `start` and `stop`. */
export type SidecarMethod = Exclude<WireMethod, 'initialize' | 'generate' | 'shutdown'>;
export type GenerateRequest = Omit<WireParams<'generate'>, 'credit'>;

const loads: ReadonlySet<SidecarMethod> = new Set(['load', 'loadDraft']);

/** Told to die and still there after this long: its calls are ended all the same. */
const LAST_RESORT_MS = 500;

/** One sidecar process from its start to its end, and the protocol spoken with it. */
export class Sidecar extends GuardedEmitter<SidecarEvents> implements AsyncDisposable {
  readonly #options: ResolvedSidecarOptions;
  readonly #watch: HeartbeatWatch;
  #state: SidecarState = 'new';
  #process: SidecarProcess | undefined;
  #connection: Connection | undefined;
  #startup: Deadline | undefined;
  #exit: SidecarExit | undefined;
  #started: Promise<WireResult<'initialize'>> | undefined;
  #stopped: Promise<SidecarExit | undefined> | undefined;
  #revokeLastResort: (() => void) | undefined;

  constructor(options: SidecarOptions) {
    super();
    this.#options = resolveSidecarOptions(options);
    this.#watch = new HeartbeatWatch(this.#options.clock, this.#options, (reason) => {
      this.kill(reason);
    });
  }

  get state(): SidecarState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How it ended, once it has. */
  get exit(): SidecarExit | undefined {
    return this.#exit;
  }

  stats(): SidecarStats {
    return {
      ...(this.#connection?.counters ?? newCounters()),
      pendingRequests: this.#connection?.pendingRequests ?? 0,
      activeStreams: this.#connection?.activeStreams ?? 0,
    };
  }

  /** Starts the process without a word to it, so that it can do its imports meanwhile. */
  launch(): void {
    if (this.#state !== 'new') return;
    this.#setState('starting');
    try {
      const { process, connection } = openLink(this.#options, {
        emit: this.emit.bind(this),
        wantsStderr: () => this.listenerCount('stderr') > 0,
        frame: () => this.#startup?.extend(),
        watch: this.#watch,
        violated: () => this.kill('protocol'),
      });
      this.#process = process;
      this.#connection = connection;
      void process.exited.then((exit) => this.#onExit(exit));
    } catch (cause) {
      this.#onExit(failedSpawn(cause));
    }
  }

  /**
   * Starts the process and shakes hands. Rejects, with the process gone, when it
   * cannot be started, ends first, takes too long, or speaks another version.
   */
  start(): Promise<WireResult<'initialize'>> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions = {},
  ): Promise<WireResult<M>> {
    const { loadTimeoutMs, requestTimeoutMs } = this.#options;
    const timeoutMs = options.timeoutMs ?? (loads.has(method) ? loadTimeoutMs : requestTimeoutMs);
    return this.#ready().request<M>(method, params, { ...options, timeoutMs });
  }

  /**
   * Generates for one stream id. The request is sent at the first `next()`;
   * leaving early, by `break` or by the signal, cancels it in the sidecar.
   */
  generate(params: GenerateRequest, options: StreamOptions = {}): PullStream<WireTokenRow> {
    return this.#ready().generate(params, options);
  }

  /** Kills the group at once; what was under way ends with `SidecarCrashed`. */
  kill(reason: ExitReason = 'signal'): void {
    const process = this.#process;
    if (process === undefined || this.#state === 'exited') return;
    this.#watch.stop();
    process.kill(reason);
    this.#revokeLastResort ??= this.#options.clock.after(LAST_RESORT_MS, () => {
      this.#connection?.close(crashedError(process.provisionalExit()));
    });
  }

  /**
   * Ends the process: a request to shut down, the end of its input, SIGTERM, then
   * SIGKILL. `force`, now or in a second call, goes straight to SIGKILL.
   */
  stop(options: { force?: boolean } = {}): Promise<SidecarExit | undefined> {
    if (options.force === true) this.#process?.forceEnd();
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<WireResult<'initialize'>> {
    this.launch();
    const connection = this.#connection;
    if (connection === undefined) throw this.#exitError();
    const { clock, startupTimeoutMs } = this.#options;
    this.#startup = new Deadline(clock, startupTimeoutMs, () => this.kill('startup-timeout'));
    const revokeWarning = this.#warnWhenSlow();
    try {
      const result = await shakeHands(connection, this.#options);
      this.#watch.start();
      this.#setState('ready');
      return result;
    } catch (error) {
      this.kill('handshake');
      await this.#process?.exited;
      throw error;
    } finally {
      revokeWarning();
      this.#startup.clear();
    }
  }

  #warnWhenSlow(): () => void {
    const { clock, slowStartMs } = this.#options;
    if (slowStartMs === 0) return () => {};
    return clock.after(slowStartMs, () => {
      const stderr = this.#process?.provisionalExit().stderrTail.trimEnd() ?? '';
      const message = `The sidecar has not answered for ${slowStartMs} ms`;
      this.emit('log', { level: 'warn', message, fields: { stderr } });
    });
  }

  async #stop(): Promise<SidecarExit | undefined> {
    const [process, connection] = [this.#process, this.#connection];
    if (process === undefined || connection === undefined || this.#state === 'exited') {
      if (this.#state === 'new') this.#setState('exited');
      return this.#exit;
    }
    const wasReady = this.#state === 'ready';
    this.#watch.stop();
    this.#startup?.clear();
    process.stopping(wasReady);
    this.#setState('stopping');
    connection.refuse(stoppedError());
    // Before the handshake there is nothing to put in order.
    if (!wasReady) process.kill('stopped');
    else void this.#askToStop(connection, process);
    return process.end(this.#options.shutdownTimeoutMs);
  }

  async #askToStop(connection: Connection, process: SidecarProcess): Promise<void> {
    // No answer is as good as one: SIGTERM follows.
    await connection.shutdown(this.#options.shutdownTimeoutMs).catch(() => {});
    process.endInput();
  }

  #onExit(exit: SidecarExit): void {
    this.#exit = exit;
    this.#watch.stop();
    this.#startup?.clear();
    this.#revokeLastResort?.();
    const error = this.#exitError();
    this.#setState('exited');
    this.#connection?.close(error);
    this.emit('exit', exit);
  }

  #exitError(): EngineClientError {
    const exit = this.#exit;
    if (exit === undefined) return notRunning(this.#state);
    if (exit.spawnError !== undefined) return spawnFailed(this.#options.command, exit.spawnError);
    if (exit.reason === 'stopped') return stoppedError();
    return this.#state === 'starting' ? startFailedError(exit) : crashedError(exit);
  }

  #ready(): Connection {
    const connection = this.#connection;
    const usable = this.#state !== 'new' && this.#state !== 'starting';
    if (connection === undefined || !usable) throw notRunning(this.#state);
    return connection;
  }

  #setState(state: SidecarState): void {
    const previous = this.#state;
    this.#state = state;
    this.emit('state', state, previous);
  }
}

function failedSpawn(cause: unknown): SidecarExit {
  return {
    reason: 'spawn',
    exitCode: null,
    signal: null,
    spawnError: cause instanceof Error ? cause : new Error(String(cause)),
    stderrTail: '',
    uptimeMs: 0,
    kills: [],
  };
}
