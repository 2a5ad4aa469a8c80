/**
 * Our server as its users run it, in a process of its own: engine, handler and
 * listener of the public packages. Beside HTTP it answers `inspect` over the
 * parent's channel, and it ends when that channel does.
 *
 * usage: node main.ts MODEL CONFIG_JSON
 */
import { createEngine } from '@mlx/engine';
import { createHandler, listen } from '@mlx/server';
import type { Inspection, ServingMessage } from './messages.ts';
import { processUsage } from './process-usage.ts';

const [model = '', config = '{}'] = process.argv.slice(2);
const engine = createEngine({ config: JSON.parse(config) });
await engine.loadModel(model);
const server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });

function tell(message: ServingMessage): void {
  process.send?.(message);
}

async function inspect(): Promise<Inspection> {
  const { models } = await engine.getRuntimeInfo();
  const [runtime] = models;
  if (runtime === undefined) throw new Error('No sidecar is running.');
  return {
    batch: await engine.getBatchStats(),
    cache: await engine.getCacheStats(),
    node: await processUsage(process.pid),
    sidecar: await processUsage(runtime.pid),
    spare: runtime.spare,
  };
}

async function end(): Promise<void> {
  await server.close();
  await engine.dispose();
  process.exit(0);
}

process.on('message', () => {
  void inspect().then((inspection) => tell({ type: 'inspection', inspection }));
});
process.once('disconnect', () => void end());
process.once('SIGTERM', () => void end());
tell({ type: 'ready', url: server.url });
