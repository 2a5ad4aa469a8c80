import { cancelledError, zodErrorToEngineError } from '@mlx/schemas';
import type { EngineClientError } from '@mlx/schemas';
import { wireRequests } from '@mlx/schemas/wire';
import type { JsonRpcError, WireMethod, WireParams, WireResult } from '@mlx/schemas/wire';
import { z } from 'zod';
import { errorFromWire } from '../errors/from-wire.js';
import { frameTooLarge, protocolViolation, tooManyPending } from '../errors/transport.js';
import { encodeRequest } from '../protocol/encode-frame.js';
import { Call } from './call.js';
import type { CallOutcome } from './call.js';
import type { RequestOptions, ConnectionOptions } from './connection-options.js';
import type { ConnectionCounters } from './counters.js';
import type { FrameWriter } from './frame-writer.js';
import { PendingRequests } from './pending-requests.js';

/** Another version's answer may have another shape: the handshake reads the version first. */
const AnyVersionSchema = z.looseObject({ protocolVersion: z.int() });

function resultSchema(method: WireMethod): z.ZodType {
  return method === 'initialize' ? AnyVersionSchema : wireRequests[method].result;
}

/** Sends requests and matches the answers to them. */
export class Calls {
  readonly #options: ConnectionOptions;
  readonly #writer: FrameWriter;
  readonly #counters: ConnectionCounters;
  readonly #pending = new PendingRequests();
  readonly #loading = new Set<Call>();

  constructor(options: ConnectionOptions, writer: FrameWriter, counters: ConnectionCounters) {
    this.#options = options;
    this.#writer = writer;
    this.#counters = counters;
  }

  get pending(): number {
    return this.#pending.size;
  }

  request<M extends WireMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions,
  ): Promise<WireResult<M>> {
    return new Promise((resolve, reject) => {
      this.start(method, params, options, {
        // Validated against the method's schema in `receiveResult`.
        resolve: (result) => resolve(result as WireResult<M>),
        reject,
      });
    });
  }

  /**
   * Like `request`, without a promise; throws what is wrong before anything is sent.
   * The sidecar checks what it reads: parameters are not looked at here as well.
   */
  start<M extends WireMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions,
    outcome: CallOutcome,
  ): Call {
    if (options.signal?.aborted === true) throw cancelledError(options.signal.reason);
    if (this.#pending.size >= this.#options.maxPendingRequests) {
      throw tooManyPending(this.#options.maxPendingRequests);
    }
    return this.#track(method, params, options, outcome);
  }

  receiveResult(id: unknown, result: unknown): void {
    const request = this.#pending.take(id);
    if (typeof request === 'string') {
      this.#countStray(request);
      return;
    }
    const checked = resultSchema(request.method).safeParse(result);
    if (checked.success) {
      request.resolve(checked.data);
      return;
    }
    this.#counters.malformedFrames += 1;
    const reason = zodErrorToEngineError(checked.error).message;
    request.reject(protocolViolation(`Malformed answer to '${request.method}': ${reason}`));
  }

  receiveError(id: unknown, error: JsonRpcError): void {
    const request = this.#pending.take(id);
    if (typeof request === 'string') this.#countStray(request);
    else request.reject(errorFromWire(error));
  }

  /** A load reported progress. */
  extendLoad(): void {
    for (const call of this.#loading) call.extend();
  }

  rejectAll(error: EngineClientError): void {
    this.#pending.rejectAll(error);
  }

  #track<M extends WireMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions,
    outcome: CallOutcome,
  ): Call {
    const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs;
    const call = new Call(method, outcome, this.#options.clock, { ...options, timeoutMs });
    const id = this.#pending.add(call);
    call.onSettled(() => this.#pending.abandon(id));
    if (method === 'load') {
      this.#loading.add(call);
      call.onSettled(() => this.#loading.delete(call));
    }
    const send = () => this.#send(call, id, params);
    if (this.#writer.full) call.onSettled(this.#writer.whenRoom(send));
    else send();
    return call;
  }

  #send<M extends WireMethod>(call: Call, id: number, params: WireParams<M>): void {
    const frame = encodeRequest(id, call.method, params as WireParams<WireMethod>);
    const bytes = Buffer.byteLength(frame);
    if (bytes > this.#options.maxFrameBytes) {
      call.reject(frameTooLarge(call.method, bytes, this.#options.maxFrameBytes));
      return;
    }
    call.written = true;
    this.#writer.write(frame);
  }

  #countStray(stray: 'late' | 'duplicate' | 'unknown'): void {
    this.#counters[`${stray}Replies`] += 1;
  }
}
