import type { EngineClientError } from '@mlx/schemas';
import type { WireParams, WireTokenRow } from '@mlx/schemas/wire';
import type { WatchOptions } from './consumer-watch.js';

/** Where the rows of one stream go. */
export interface RowReceiver {
  readonly id: string;
  /** The sidecar's rows for this stream, in order. */
  receive(row: WireTokenRow): void;
  /** The sidecar sent a row for this stream that cannot be read, so its text has a hole. */
  receiveMalformed(): void;
  /** The connection is gone. */
  fail(error: EngineClientError): void;
}

/** The request that a stream began with. */
export interface StreamCall {
  /** False while the frame waits for room. */
  readonly written: boolean;
  /** Takes the request back without an outcome. */
  withdraw(): void;
}

export interface StreamOutcome {
  /** The sidecar does not take the request. */
  refused(error: EngineClientError): void;
  /** It has not said in time whether it does. */
  expired(error: EngineClientError): void;
}

export interface StreamOptions {
  signal?: AbortSignal | undefined;
  /** Longest wait until the sidecar has accepted the request, in milliseconds. */
  timeoutMs?: number | undefined;
  /** Told once that the stream is over, whatever ended it. */
  onClose?: (() => void) | undefined;
}

/** What a stream needs of the connection it runs on. */
export interface StreamHost {
  readonly creditWindow: number;
  readonly watchOptions: WatchOptions;
  /** Registers the stream and sends its request; throws what is wrong before anything is sent. */
  start(
    receiver: RowReceiver,
    params: WireParams<'generate'>,
    timeoutMs: number | undefined,
    outcome: StreamOutcome,
  ): StreamCall;
  remove(receiver: RowReceiver): void;
  sendCredit(streamId: string, tokens: number): void;
  sendCancel(streamId: string): void;
  countLateRow(): void;
  countSlowConsumer(): void;
  reportSlowConsumer(streamId: string, pausedMs: number): void;
}
