/**
 * Clients in a process of their own, so that none of their work is counted as
 * the server's. They read sockets with as little work as can be: two hundred
 * real clients would have more processors than one.
 *
 * usage: node main.ts ORDER_JSON
 */
import type { ClientsMessage, ClientsOrder } from './messages.ts';
import { Tally } from './tally.ts';
import { openStream } from './open-stream.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as ClientsOrder;
const tally = new Tally(order.connections);

function tell(message: ClientsMessage): void {
  process.send?.(message);
}

tally.onRunning = () => tell({ type: 'running' });
await Promise.all(Array.from({ length: order.connections }, () => openStream(order, tally)));
tell({ type: 'done', ...tally.result() });
process.disconnect();
