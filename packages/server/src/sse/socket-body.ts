import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BodySink, OpenSink, SinkEvents } from './body-sink.js';

/** A body for Node's own response, whose head has been written. */
export function socketBody(response: ServerResponse): OpenSink {
  return (events) => {
    response.flushHeaders();
    const left = () => events.gone(new Error('The client closed the connection.'));
    if (response.destroyed) left();
    else response.once('close', left);
    const { socket } = response;
    return socket !== null && response.chunkedEncoding
      ? chunkedSink(response, socket, events)
      : plainSink(response, events);
  };
}

/**
 * Frames chunks by itself: `response.write` makes three writes of each and
 * corks and uncorks around them, which is most of what a token costs.
 */
function chunkedSink(response: ServerResponse, socket: Socket, events: SinkEvents): BodySink {
  socket.on('drain', events.room);
  response.once('close', () => socket.off('drain', events.room));
  return {
    write(text) {
      const bytes = Buffer.byteLength(text);
      // One byte a character needs no encoder.
      const encoding = bytes === text.length ? 'latin1' : 'utf8';
      socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, encoding);
    },
    get full() {
      return socket.writableNeedDrain;
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
}

/** For clients that do not know chunks, and for requests that wait behind another on their connection. */
function plainSink(response: ServerResponse, events: SinkEvents): BodySink {
  response.on('drain', events.room);
  return {
    write: (text) => void response.write(text),
    get full() {
      return response.writableNeedDrain;
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
}
