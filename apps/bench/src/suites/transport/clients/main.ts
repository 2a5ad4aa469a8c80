/**
 * Clients in a process of their own, so that none of their work is counted as
 * the server's. They read sockets with as little work as can be: two hundred
 * real clients would have more processors than one. Orders come over the
 * parent's channel, and with it they end.
 */
import type { ClientsMessage, ClientsOrder } from './messages.ts';
import { Tally } from './tally.ts';
import { openStream } from './open-stream.ts';

function tell(message: ClientsMessage): void {
  process.send?.(message);
}

async function carryOut(order: ClientsOrder): Promise<void> {
  const tally = new Tally(order.connections);
  tally.onRunning = () => tell({ type: 'running' });
  if (order.warmUp === 0) tally.start();
  await Promise.all(Array.from({ length: order.connections }, () => openStream(order, tally)));
  tell({ type: 'done', ...tally.result() });
}

process.on('message', (order: ClientsOrder) => void carryOut(order));
