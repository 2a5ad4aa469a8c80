import { createEngine, type Engine } from '@mlx/engine';
import { joinFleet } from '@mlx/engine/fleet';
import { createFakeRunner, MODEL } from '../../transport/fake-engine.ts';
import type { WorkerOrder } from './order.ts';

const JOIN_TIMEOUT_MS = 30_000;

/** A worker of a fleet, in a process of its own, until its parent is gone. */
async function work(order: WorkerOrder): Promise<void> {
  const engine = await startEngine(order.model);
  const membership = joinFleet(engine, order.fleet);
  await membership.joined(AbortSignal.timeout(JOIN_TIMEOUT_MS));
  process.on('disconnect', () => void leave());
  process.send?.('joined');

  async function leave(): Promise<void> {
    await membership.leave();
    await engine.dispose();
    process.exit(0);
  }
}

async function startEngine(model: WorkerOrder['model']): Promise<Engine> {
  if (model.type === 'fake') {
    const engine = createEngine({ runner: createFakeRunner(model.generation).runner });
    await engine.loadModel(MODEL);
    return engine;
  }
  const engine = createEngine({ config: model.config });
  await engine.loadModel(model.id);
  return engine;
}

const [order = '{}'] = process.argv.slice(2);
await work(JSON.parse(order) as WorkerOrder);
