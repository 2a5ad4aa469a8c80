/** Bytes that may wait for a client before its stream stops being read. */
export const HIGH_WATER_BYTES = 16 * 1024;

/** Where the text of a streamed body goes. */
export interface BodySink {
  write(text: string): void;
  /** So much waits for the client that `room` will tell when it is gone. */
  readonly full: boolean;
  end(): void;
  /** Cuts the connection, or the body where the connection is not ours. */
  cut(reason: Error): void;
}

/** What a sink tells. */
export interface SinkEvents {
  /** It is not full any more. */
  readonly room: () => void;
  /** The client is gone. */
  readonly gone: (reason: unknown) => void;
}

export type OpenSink = (events: SinkEvents) => BodySink;

/** Starts to write a body into the sink that this opens. */
export type StartBody = (open: OpenSink) => void;
