import { HIGH_WATER_BYTES, type BodySink, type SinkEvents, type StartBody } from './body-sink.js';

const encoder = new TextEncoder();

type Controller = ReadableStreamDefaultController<Uint8Array>;

/**
 * A body for a server that speaks fetch's Response.
 * @param disconnect ends the connection, which closing a stream that nobody reads does not
 */
export function webBody(
  start: StartBody,
  disconnect: (() => void) | undefined,
): ReadableStream<Uint8Array> {
  let tell: SinkEvents | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        start((events) => {
          tell = events;
          return sinkOf(controller, disconnect);
        });
      },
      pull: () => tell?.room(),
      cancel: (reason) => tell?.gone(reason),
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  );
}

function sinkOf(controller: Controller, disconnect: (() => void) | undefined): BodySink {
  return {
    write: (text) => controller.enqueue(encoder.encode(text)),
    get full() {
      return (controller.desiredSize ?? 0) <= 0;
    },
    end: () => controller.close(),
    cut: (reason) => (disconnect ? disconnect() : controller.error(reason)),
  };
}
