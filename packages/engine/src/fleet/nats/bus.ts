import { sleep, systemClock } from '@mlx/bridge';
import { EngineClientError } from '@mlx/schemas';
import type { FleetOptions } from '@mlx/schemas/fleet';
import { EventEmitter } from 'eventemitter3';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { handleLateErrors } from './handle-late-errors.js';
import { toConnectionOptions } from './connection-options.js';
import { isViolation, notAllowed } from './refusal.js';
import { loadNats } from './load-nats.js';

const RETRY_MS = 500;
const NO_RESPONDERS = 503;
/** Servers' default, until one says its own. */
const USUAL_PAYLOAD = 1_048_576;

export interface BusMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Nobody listens to what was published with this subject as its `reply`. */
  readonly nobodyThere: boolean;
  /** Answers a request; without an asker it does nothing. */
  readonly respond: (payload: string) => void;
}

export type OnMessage = (message: BusMessage) => void;

interface BusEvents {
  /** Connected, for the first time or again: what was published meanwhile is lost. */
  up: (connection: NatsConnection) => void;
  /** The connection is gone: nothing comes and nothing goes. */
  down: () => void;
  /** The server does not let this user speak or listen on a subject. */
  refused: (error: EngineClientError, subject: string) => void;
}

/**
 * A connection to NATS that is always being made or remade. What is published while there is
 * none is dropped, as NATS would do it, and said to be.
 */
export class Bus extends EventEmitter<BusEvents> {
  readonly prefix: string;
  readonly #options: FleetOptions;
  readonly #name: string;
  readonly #subscriptions = new Map<string, OnMessage>();
  /** Of sessions that ended while there was no connection. */
  readonly #untold = new Set<string>();
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  #up = false;
  #fault: unknown;
  #refusal: EngineClientError | undefined;

  /** Begins to connect. @param name shown to whoever looks at the server's connections */
  constructor(options: FleetOptions, name: string) {
    super();
    this.prefix = options.prefix;
    this.#options = options;
    this.#name = name;
    this.#running = this.#run();
  }

  get up(): boolean {
    return this.#up;
  }

  /** The last thing that the server did not let this user do, on this connection. */
  get refusal(): EngineClientError | undefined {
    return this.#refusal;
  }

  get maxPayload(): number {
    return this.#connection?.info?.max_payload ?? USUAL_PAYLOAD;
  }

  /** Why there is no connection. */
  fault(): EngineClientError {
    const cause = this.#fault;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    return new EngineClientError(
      'TransportError',
      `No connection to the fleet's NATS server at ${this.#options.servers.join(', ')}${why}`,
      { cause, details: { type: 'fleet_disconnected' } },
    );
  }

  /** False where there is no connection. @throws what NATS says of a subject or payload that it refuses */
  publish(subject: string, payload: Uint8Array | string, reply?: string): boolean {
    if (!this.#up || this.#connection === undefined) return false;
    this.#connection.publish(subject, payload, reply === undefined ? undefined : { reply });
    return true;
  }

  /** An empty message, which ends what the subject is of: now, or as soon as there is a connection. */
  publishEnd(subject: string): void {
    if (!this.publish(subject, '')) this.#untold.add(subject);
  }

  /** From now on, over all connections. */
  subscribe(subject: string, onMessage: OnMessage): void {
    this.#subscriptions.set(subject, onMessage);
    if (this.#connection !== undefined) listen(this.#connection, subject, onMessage);
  }

  /** The answer of whoever serves the subject; rejects with a retryable error where nobody does. */
  async request(subject: string, payload: string, timeoutMs: number): Promise<string> {
    if (!this.#up || this.#connection === undefined) throw this.fault();
    try {
      return (await this.#connection.request(subject, payload, { timeout: timeoutMs })).string();
    } catch (cause) {
      throw new EngineClientError('TransportError', `No answer on ${subject}`, { cause });
    }
  }

  /** Resolves when what was published has reached the server, or is lost with the connection. */
  async flush(): Promise<void> {
    await this.#connection?.flush().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#lost();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const connection = await this.#connect();
      if (connection === undefined) {
        await sleep(systemClock, RETRY_MS, this.#closing.signal);
        continue;
      }
      if (this.#closing.signal.aborted) return connection.close();
      await this.#follow(connection);
    }
  }

  async #connect(): Promise<NatsConnection | undefined> {
    try {
      const { connect } = await loadNats();
      return await connect(await toConnectionOptions(this.#options, this.#name));
    } catch (thrown) {
      this.#fault = thrown;
      return undefined;
    }
  }

  /** Resolves when the client has given the connection up. */
  async #follow(connection: NatsConnection): Promise<void> {
    this.#connection = connection;
    for (const [subject, onMessage] of this.#subscriptions) listen(connection, subject, onMessage);
    this.#found(connection);
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#lost();
      else if (status.type === 'reconnect') this.#found(connection);
      else if (status.type === 'error') this.#failed(status.error);
    }
    this.#lost();
    this.#connection = undefined;
  }

  #failed(error: Error): void {
    this.#fault = error;
    if (!isViolation(error)) return;
    this.#refusal = notAllowed(error);
    this.emit('refused', this.#refusal, error.subject);
  }

  #found(connection: NatsConnection): void {
    handleLateErrors(connection);
    if (this.#up) return;
    this.#up = true;
    this.#fault = undefined;
    this.#refusal = undefined;
    for (const subject of this.#untold) this.publish(subject, '');
    this.#untold.clear();
    this.emit('up', connection);
  }

  #lost(): void {
    if (!this.#up) return;
    this.#up = false;
    this.emit('down');
  }
}

function listen(connection: NatsConnection, subject: string, onMessage: OnMessage): void {
  const callback = (error: Error | null, message: Msg) => {
    if (error === null) onMessage(toBusMessage(message));
  };
  connection.subscribe(subject, { callback });
}

function toBusMessage(message: Msg): BusMessage {
  return {
    subject: message.subject,
    payload: message.data,
    nobodyThere: message.data.length === 0 && message.headers?.code === NO_RESPONDERS,
    respond: (payload) => void message.respond(payload),
  };
}
