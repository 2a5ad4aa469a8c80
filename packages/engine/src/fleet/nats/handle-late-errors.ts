import type { Socket } from 'node:net';
import type { NatsConnection } from '@nats-io/transport-node';

/**
 * The client takes its listeners off a socket that closes, and an error of something written just
 * before would then end the process. Nothing else shows its socket, so this looks inside.
 */
export function handleLateErrors(connection: NatsConnection): void {
  const { protocol } = connection as unknown as Inside;
  const socket = protocol?.transport?.socket;
  if (socket === undefined) return;
  const removeAll = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (event) => {
    removeAll(event);
    return socket.on('error', ignore);
  };
}

interface Inside {
  readonly protocol?: { readonly transport?: { readonly socket?: Socket } };
}

const ignore = () => {};
