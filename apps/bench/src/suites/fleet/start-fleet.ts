import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEngine, type Engine } from '@mlx/engine';
import { startNatsServer } from './nats-server.ts';
import type { WorkerOrder } from './worker/order.ts';

const PROGRAM = fileURLToPath(new URL('worker/main.ts', import.meta.url));

export interface RunningFleet extends AsyncDisposable {
  /** The gateway, in this process. */
  readonly engine: Engine;
}

/** A NATS server and workers in processes of their own, and a gateway here. */
export async function startFleet(
  workers: number,
  model: WorkerOrder['model'],
  modelId: string,
): Promise<RunningFleet> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startNatsServer());
  for (let count = 1; count <= workers; count += 1) {
    const order: WorkerOrder = { fleet: { servers: server.url, name: `worker-${count}` }, model };
    stack.use(await startWorker(order));
  }
  const engine = stack.use(createEngine({ fleet: server.url }));
  await engine.loadModel(modelId);
  const all = stack.move();
  return { engine, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function startWorker(order: WorkerOrder): Promise<AsyncDisposable> {
  const child = fork(PROGRAM, [JSON.stringify(order)]);
  const exited = once(child, 'exit');
  const ended = exited.then(() => {
    throw new Error('A worker ended before it had joined.');
  });
  await Promise.race([once(child, 'message'), ended]);
  return {
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
