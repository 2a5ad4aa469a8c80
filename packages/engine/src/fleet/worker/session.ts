import { LineDecoder, wellFormedJson } from '@mlx/bridge';
import { cancelledError, EngineClientError, type EngineErrorCode } from '@mlx/schemas';
import { RequestFrameSchema } from '@mlx/schemas/fleet';
import { CancelParamsSchema, CreditParamsSchema, type WireTokenRow } from '@mlx/schemas/wire';
import { isCrash } from '../../generation/recovery.js';
import { toEngineError } from '../../support/errors.js';
import type { Pipe } from '../wire/pipe.js';
import { ending } from './ending.js';
import { toWireError } from './relayed-error.js';
import { RelayedStream } from './relayed-stream.js';
import { check, SessionCalls, type SessionModels } from './session-calls.js';

/** Requests of one session that may be under way. */
const MAX_CALLS = 8192;

interface SessionOptions {
  /** Unique on this worker. */
  readonly id: string;
  readonly pipe: Pipe;
  readonly models: SessionModels;
  readonly maxFrameBytes: number;
  /** Nothing of it runs any more. */
  readonly onOver: () => void;
}

/**
 * What one gateway asks of one model of this worker. A model's crash ends it, as a process's
 * death ends its pipes: the gateway decides what is tried again, and where.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #decoder: LineDecoder;
  readonly #calls: SessionCalls;
  readonly #streams = new Map<string, RelayedStream>();
  readonly #life = new AbortController();
  #rows: WireTokenRow[] = [];
  #active = 0;
  #streamCount = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#decoder = new LineDecoder(options.maxFrameBytes);
    this.#calls = new SessionCalls(options.models);
  }

  /** Requests and streams under way. */
  get active(): number {
    return this.#active + this.#streams.size;
  }

  /** Takes the next message; one that cannot be trusted ends the session. */
  receive(message: Uint8Array): void {
    const bytes = this.#options.pipe.receive(message);
    if (bytes === 'end') return this.over();
    if (bytes === 'hole') return this.end();
    for (const line of this.#decoder.push(bytes)) this.#receiveLine(line);
    if (this.#decoder.oversized + this.#decoder.invalid > 0) this.end();
  }

  /** Ends it and says so to the gateway. */
  end(): void {
    if (this.#isOver) return;
    this.#flushRows();
    this.#options.pipe.end();
    this.over();
  }

  /** Ends it without a word: the gateway is gone, or has ended it. */
  over(): void {
    if (this.#isOver) return;
    this.#life.abort(cancelledError('The session is over'));
    for (const stream of this.#streams.values()) stream.cancel();
    this.#options.onOver();
  }

  get #isOver(): boolean {
    return this.#life.signal.aborted;
  }

  #receiveLine(line: string): void {
    if (this.#isOver) return;
    const { data: frame } = RequestFrameSchema.safeParse(parseJson(line));
    if (frame === undefined) return this.end();
    const { id, method, params } = frame;
    if (id === undefined) this.#notified(method, params);
    else this.#requested(id, method, params);
  }

  #notified(method: string, params: unknown): void {
    if (method === 'cancel') {
      const { data } = CancelParamsSchema.safeParse(params);
      if (data !== undefined) this.#streams.get(data.streamId)?.cancel();
    } else if (method === 'credit') {
      const { data } = CreditParamsSchema.safeParse(params);
      if (data !== undefined) this.#streams.get(data.streamId)?.grant(data.tokens);
    }
  }

  #requested(id: number, method: string, params: unknown): void {
    try {
      if (this.active >= MAX_CALLS) throw tooManyCalls();
      if (method === 'generate') this.#generate(id, params);
      else void this.#answer(id, method, params);
    } catch (thrown) {
      this.#refuse(id, thrown);
    }
  }

  async #answer(id: number, method: string, params: unknown): Promise<void> {
    this.#active += 1;
    try {
      const onProgress = (progress: object) => {
        this.#write({ jsonrpc: '2.0', method: 'progress', params: progress });
      };
      const { signal } = this.#life;
      const result = await this.#calls.answer(method, params, signal, onProgress);
      this.#write({ jsonrpc: '2.0', id, result });
    } catch (thrown) {
      this.#refuse(id, thrown);
    } finally {
      this.#active -= 1;
    }
  }

  #generate(id: number, params: unknown): void {
    const { credit, ...request } = check('generate', params);
    const { streamId } = request;
    if (this.#streams.has(streamId)) throw duplicate(streamId);
    this.#streamCount += 1;
    const name = `${this.#options.id}:${this.#streamCount}`;
    let accepted = false;
    const stream = new RelayedStream({
      streamId,
      credit,
      open: (signal) => this.#calls.generate(request, name, signal),
      send: (row) => {
        if (!accepted) this.#write({ jsonrpc: '2.0', id, result: { promptTokens: 0 } });
        accepted = true;
        this.#send(row);
      },
      over: (failure) => {
        this.#streams.delete(streamId);
        if (failure === undefined) return;
        if (accepted && !isWithdrawn(failure.thrown)) this.#send(failed(streamId, failure.thrown));
        else if (isWithdrawn(failure.thrown)) this.end();
        else this.#refuse(id, failure.thrown);
      },
    });
    this.#streams.set(streamId, stream);
    stream.start();
  }

  #refuse(id: number, thrown: unknown): void {
    if (isCrash(thrown)) this.end();
    else this.#write({ jsonrpc: '2.0', id, error: toWireError(toEngineError(thrown)) });
  }

  /** Rows of one turn of the event loop are one frame. */
  #send(row: WireTokenRow): void {
    if (this.#rows.length === 0) setImmediate(this.#flushRows);
    this.#rows.push(row);
  }

  readonly #flushRows = (): void => {
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#write({ jsonrpc: '2.0', method: 'tokens', params: { rows } });
    this.#options.pipe.flush();
  };

  #write(frame: object): void {
    if (!this.#isOver) this.#options.pipe.write(`${wellFormedJson(frame)}\n`);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The end of a stream of which rows went out already. */
function failed(streamId: string, thrown: unknown): WireTokenRow {
  return ending(streamId, { reason: 'error', error: toWireError(toEngineError(thrown)) });
}

/** The model, or this worker, is being taken away: another worker may answer. */
function isWithdrawn(thrown: unknown): boolean {
  const error = toEngineError(thrown);
  const { type } = (error.details ?? {}) as { type?: unknown };
  return isCrash(error) || WITHDRAWN.has(error.code) || type === 'shutting_down';
}

const WITHDRAWN: ReadonlySet<EngineErrorCode> = new Set(['Cancelled', 'ModelNotLoaded']);

function tooManyCalls(): EngineClientError {
  return new EngineClientError('Overloaded', `${MAX_CALLS} requests of this gateway are under way`);
}

function duplicate(streamId: string): EngineClientError {
  return new EngineClientError('InvalidParams', `Stream id '${streamId}' is in use`, {
    details: { type: 'duplicate_stream', field: 'streamId' },
  });
}
