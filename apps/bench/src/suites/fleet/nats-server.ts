import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { ChildGroup } from '../../peers/child-group.ts';

const BINARY = fileURLToPath(
  new URL('../../../../../node_modules/.mlx/nats-server/bin/nats-server', import.meta.url),
);

export interface NatsServer extends AsyncDisposable {
  readonly url: string;
}

/** A NATS server for one benchmark, as it comes. */
export async function startNatsServer(): Promise<NatsServer> {
  if (!existsSync(BINARY)) {
    throw new Error('There is no NATS server yet: npm test -- --only typescript fetches it.');
  }
  const port = await getPort();
  const group = new ChildGroup('nats-server', BINARY, ['-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await group.started(untilOpen(port));
  return {
    url: `nats://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => group[Symbol.asyncDispose](),
  };
}

async function untilOpen(port: number): Promise<void> {
  while (!(await isOpen(port))) await sleep(10);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
