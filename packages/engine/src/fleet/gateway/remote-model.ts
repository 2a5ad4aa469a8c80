import { Connection, type CrashReason, type PullStream } from '@mlx/bridge';
import type { GenerateRequest, SidecarMethod, StreamOptions, RequestOptions } from '@mlx/bridge';
import { EngineClientError } from '@mlx/schemas';
import {
  WIRE_PROTOCOL_VERSION,
  type WireParams,
  type WireProgress,
  type WireResult,
  type WireTokenRow,
} from '@mlx/schemas/wire';
import { version } from '../../version.js';
import type { BusMessage } from '../nats/bus.js';
import type { Pipe } from '../wire/pipe.js';
import { PipeSink } from './pipe-sink.js';

type ConnectionOptions = ConstructorParameters<typeof Connection>[1];

/** The worker's life is watched elsewhere; only its end ends the wait for a place. */
const NO_LIMIT_MS = 2_147_483_647;
/** No more of them wait at the same time than are sent meanwhile. */
const PROBE_TIMEOUT_MS = 10_000;

interface RemoteModelOptions {
  readonly worker: string;
  /** What people call the worker. */
  readonly name: string;
  readonly model: string;
  readonly connection: ConnectionOptions;
  readonly maxMessageBytes: () => number;
  readonly publish: (message: Uint8Array) => void;
  readonly onProgress: (progress: WireProgress) => void;
  /** The worker hands over what it has. */
  readonly isLeaving: () => boolean;
  /** The worker listens no more. */
  readonly onNobodyThere: () => void;
  /** Nothing comes and nothing goes any more, for whatever reason. */
  readonly onOver: () => void;
  /** Everything under way has been ended, though it was wanted. */
  readonly onEnd: (reason: CrashReason) => void;
}

/** What the worker's process said of itself and of the model. */
export interface RemoteFacts {
  readonly runtime: WireResult<'initialize'>;
  readonly loaded: WireResult<'load'>;
}

/**
 * One model on one worker, over frames on NATS: to its callers what a process is over pipes. Its
 * end, for whatever reason, is that process's death.
 */
export class RemoteModel {
  readonly worker: string;
  readonly connection: Connection;
  readonly #options: RemoteModelOptions;
  readonly #pipe: Pipe;
  #facts: Promise<RemoteFacts> | undefined;
  #probes = 0;
  #over = false;

  constructor(options: RemoteModelOptions) {
    const { worker, maxMessageBytes, publish } = options;
    this.worker = worker;
    this.#options = options;
    const sink = new PipeSink({ maxMessageBytes, publish });
    this.#pipe = sink.pipe;
    this.connection = new Connection(sink, options.connection, {
      onFrame: ignore,
      onTokens: ignore,
      onProgress: options.onProgress,
      onLog: ignore,
      onHeartbeat: ignore,
      onSlowConsumer: ignore,
      onOversizedFrame: () => this.end('protocol'),
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Has the worker load the model where it is not loaded; what it is, is told once. */
  facts(): Promise<RemoteFacts> {
    this.#facts ??= this.#open();
    return this.#facts;
  }

  /** The same of a worker that may have let the model go since. */
  load(): Promise<RemoteFacts> {
    this.#facts = this.#open();
    return this.#facts;
  }

  generate(request: GenerateRequest, options: StreamOptions): PullStream<WireTokenRow> {
    void this.facts().catch(() => {});
    const credit = this.#options.connection.creditWindow;
    return this.connection.generate({ ...request, credit }, { timeoutMs: NO_LIMIT_MS, ...options });
  }

  async request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions,
  ): Promise<WireResult<M>> {
    void this.facts().catch(() => {});
    return this.connection.request<M>(method, params, options);
  }

  receive({ payload, nobodyThere }: BusMessage): void {
    if (this.#over) return;
    if (nobodyThere) {
      this.end('exit');
      this.#options.onNobodyThere();
      return;
    }
    const bytes = this.#pipe.receive(payload);
    if (bytes === 'end') return this.end(this.#options.isLeaving() ? 'stopped' : 'exit');
    if (bytes === 'hole') return this.end('pipe');
    this.connection.receive(bytes);
  }

  /**
   * Has the worker say something where it owes anything. A lost message shows when another one
   * follows it, and one may not follow for long.
   */
  async probe(): Promise<void> {
    const { pendingRequests, activeStreams } = this.connection;
    if (pendingRequests + activeStreams <= this.#probes) return;
    this.#probes += 1;
    await this.#initialize(PROBE_TIMEOUT_MS).catch(ignore);
    this.#probes -= 1;
  }

  /** The worker, or the way to it, is gone. */
  end(reason: CrashReason): void {
    this.#finish(workerLost(this.#options.name, reason), reason);
  }

  /** The server does not let it be spoken to, or heard. */
  refused(error: EngineClientError): void {
    this.#finish(error, 'pipe');
  }

  /** Nothing more is asked of it. */
  close(error: EngineClientError): void {
    if (this.#over) return;
    this.#over = true;
    this.connection.close(error);
    this.#pipe.abandon();
    this.#options.onOver();
  }

  #finish(error: EngineClientError, reason: CrashReason): void {
    if (this.#over) return;
    this.close(error);
    this.#options.onEnd(reason);
  }

  async #open(): Promise<RemoteFacts> {
    const { model } = this.#options;
    const loaded = await this.connection.request('load', { modelId: model, path: model });
    return { runtime: await this.#initialize(), loaded };
  }

  #initialize(timeoutMs?: number): Promise<WireResult<'initialize'>> {
    const client = { name: '@mlx/engine', version };
    const params = { protocolVersion: WIRE_PROTOCOL_VERSION, client };
    return this.connection.request('initialize', params, { timeoutMs });
  }
}

const ignore = () => {};

function workerLost(name: string, reason: CrashReason): EngineClientError {
  return new EngineClientError(
    'SidecarCrashed',
    `The worker '${name}' was lost while it worked on this request (${reason})`,
    { details: { type: 'worker_lost', worker: name, reason } },
  );
}
