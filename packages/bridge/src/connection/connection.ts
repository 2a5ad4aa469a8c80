import { isEngineClientError } from '@mlx/schemas';
import type { EngineClientError } from '@mlx/schemas';
import type { WireMethod, WireParams, WireResult, WireTokenRow } from '@mlx/schemas/wire';
import { LineDecoder } from '../framing/line-decoder.js';
import { parseFrame } from '../protocol/parse-frame.js';
import { readNotification } from '../protocol/read-notification.js';
import { LiveStream } from '../stream/live-stream.js';
import type { PullStream } from '../stream/pull-stream.js';
import type { StreamOptions } from '../stream/stream-host.js';
import { Streams } from '../stream/streams.js';
import { Calls } from './calls.js';
import { ConnectionHost } from './connection-host.js';
import type { ConnectionListener } from './connection-listener.js';
import type { RequestOptions, ConnectionOptions } from './connection-options.js';
import { newCounters } from './counters.js';
import { FrameWriter, type FrameSink } from './frame-writer.js';

/**
 * The protocol over one pair of pipes: frames in and out, requests, streams.
 * Knows nothing of processes; whoever owns it feeds `receive` and calls `close`.
 */
export class Connection {
  readonly counters = newCounters();
  readonly #listener: ConnectionListener;
  readonly #decoder: LineDecoder;
  readonly #writer: FrameWriter;
  readonly #calls: Calls;
  readonly #streams: Streams;
  readonly #host: ConnectionHost;

  constructor(sink: FrameSink, options: ConnectionOptions, listener: ConnectionListener) {
    const { counters } = this;
    this.#listener = listener;
    this.#decoder = new LineDecoder(options.maxFrameBytes - 1);
    this.#writer = new FrameWriter(sink, options.writeHighWaterBytes, counters);
    this.#calls = new Calls(options, this.#writer, counters);
    this.#streams = new Streams(counters);
    this.#host = new ConnectionHost(options, {
      calls: this.#calls,
      streams: this.#streams,
      writer: this.#writer,
      counters,
      listener,
    });
  }

  get pendingRequests(): number {
    return this.#calls.pending;
  }

  get activeStreams(): number {
    return this.#streams.size;
  }

  /** A request with a stream id that is given up is taken back in the sidecar too. */
  async request<M extends WireMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions = {},
  ): Promise<WireResult<M>> {
    this.#host.assertOpen();
    try {
      return await this.#calls.request(method, params, options);
    } catch (error) {
      if ('streamId' in params && isGivenUp(error)) this.#host.sendCancel(params.streamId);
      throw error;
    }
  }

  generate(params: WireParams<'generate'>, options: StreamOptions = {}): PullStream<WireTokenRow> {
    return new LiveStream(params, options, this.#host).stream;
  }

  /** Asks the sidecar to leave; may be called after `refuse`. */
  shutdown(timeoutMs: number): Promise<WireResult<'shutdown'>> {
    return this.#calls.request('shutdown', {}, { timeoutMs });
  }

  /** Takes the next bytes the sidecar wrote. */
  receive(chunk: Buffer): void {
    this.counters.bytesIn += chunk.length;
    for (const line of this.#decoder.push(chunk)) this.#receiveLine(line);
    this.counters.invalidUtf8Lines = this.#decoder.invalid;
    if (this.#decoder.oversized === this.counters.oversizedLines) return;
    this.counters.oversizedLines = this.#decoder.oversized;
    this.#listener.onOversizedFrame();
  }

  /** Ends everything under way with `error`, and everything started later. */
  refuse(error: EngineClientError): void {
    this.#host.refuse(error);
    this.#streams.failAll(error);
    this.#calls.rejectAll(error);
  }

  /** The same, and nothing is written any more; an earlier refusal's error stands. */
  close(error: EngineClientError): void {
    this.refuse(this.#host.refusal ?? error);
    this.#writer.close();
  }

  #receiveLine(line: string): void {
    const frame = parseFrame(line);
    if (frame.kind === 'malformed') {
      this.counters.malformedFrames += 1;
      return;
    }
    this.counters.framesIn += 1;
    this.#listener.onFrame();
    switch (frame.kind) {
      case 'tokens':
        this.#listener.onTokens();
        return this.#streams.receive(frame.rows);
      case 'result':
        return this.#calls.receiveResult(frame.id, frame.result);
      case 'error':
        return this.#calls.receiveError(frame.id, frame.error);
      case 'notification':
        return this.#receiveNotification(frame.method, frame.params);
      default:
        return frame satisfies never;
    }
  }

  #receiveNotification(method: string, params: unknown): void {
    const notification = readNotification(method, params);
    switch (notification?.method) {
      case 'heartbeat':
        return this.#listener.onHeartbeat(notification.params);
      case 'progress':
        if (notification.params.phase === 'load') this.#calls.extendLoad();
        return this.#listener.onProgress(notification.params);
      case 'log':
        return this.#listener.onLog(notification.params);
      case undefined:
        this.counters.malformedFrames += 1;
        return;
      default:
        return notification satisfies never;
    }
  }
}

function isGivenUp(error: unknown): boolean {
  return isEngineClientError(error) && (error.code === 'Cancelled' || error.code === 'Timeout');
}
