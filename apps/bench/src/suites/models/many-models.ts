import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '@mlx/engine';
import { pythonProgram } from '../../environment/python-program.ts';
import { atLeast, atMost, type Measurement } from '../../measure/measurement.ts';
import type { Progress } from '../../report/progress.ts';
import type { Benchmark } from '../benchmark.ts';
import { bestHits } from './best-hits.ts';
import { startLocalServer, type LocalServer } from './local-server.ts';
import { zipf } from './zipf.ts';

const MODELS = 20;
const FIT = 3;
const LOOK_MS = 20;
/** Requests between two lines of progress. */
const TOLD = 50;

interface Seen {
  readonly failures: string[];
  readonly loads: number;
  readonly mostBytes: number;
}

/**
 * Requests one after the other for models of which few fit into memory. Who stays is what is asked
 * here, so the models are as small as can be; processes and loads are real.
 */
export const manyModels: Benchmark = {
  id: 'many-models',
  async measure({ quick, progress, contenders: { environment } }) {
    const folder = await mkdtemp(join(tmpdir(), 'mlx-models-'));
    try {
      await pythonProgram(environment, 'tiny_models', folder, String(MODELS));
      const names = Array.from({ length: MODELS }, (_, index) => `tiny-${pad(index)}`);
      const budget = await bytesOf(join(folder, 'tiny-00'), FIT);
      await using server = await startLocalServer({
        model: { memory_budget_bytes: budget, max_loaded_models: MODELS, keep_alive_ms: -1 },
      });
      for (const id of names)
        server.engine.registerModel({ model: { id, path: join(folder, id) } });
      const requests = zipf(names, quick ? 100 : 1000, 'many models');
      progress(`${requests.length} requests for ${MODELS} models of which ${FIT} fit`);
      return toMeasurements(requests, budget, await askAll(server, requests, progress));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const pad = (index: number) => String(index).padStart(2, '0');

/** Room for `count` models of that kind, and some more. */
async function bytesOf(path: string, count: number): Promise<number> {
  await using server = await startLocalServer({});
  await server.engine.loadModel({ model: { id: 'one', path } });
  return Math.floor((await usedBytes(server.engine)) * (count + 0.5));
}

async function usedBytes(engine: Engine): Promise<number> {
  const models = await engine.knownModels();
  return models.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
}

async function askAll(
  { engine, ask }: LocalServer,
  requests: readonly string[],
  progress: Progress,
): Promise<Seen> {
  const failures: string[] = [];
  let loads = 0;
  let mostBytes = 0;
  engine.on('model:loaded', () => void (loads += 1));
  const look = setInterval(() => {
    void usedBytes(engine).then((bytes) => (mostBytes = Math.max(mostBytes, bytes)));
  }, LOOK_MS);
  for (const [place, model] of requests.entries()) {
    if (place % TOLD === 0)
      progress(`${place} of ${requests.length}: ${loads} loads, ${failures.length} failed`);
    await ask(model).catch((error: unknown) => failures.push(`${model}: ${String(error)}`));
  }
  clearInterval(look);
  return { failures, loads, mostBytes };
}

function toMeasurements(
  requests: readonly string[],
  budget: number,
  { failures, loads, mostBytes }: Seen,
): Measurement[] {
  const count = requests.length;
  const best = bestHits(requests, FIT);
  const title = `${count} requests by Zipf, ${MODELS} models of which ${FIT} fit`;
  const reading = (id: string, what: string, value: number) =>
    ({ kind: 'reading', id, title: `${title}: ${what}`, values: [value] }) as const;
  return [
    {
      ...reading('failed-requests', 'failed requests', failures.length),
      unit: 'requests',
      bar: atMost(0),
      ...(failures[0] === undefined ? {} : { note: failures[0] }),
    },
    {
      ...reading('hit-rate', 'found in memory, of what the best LRU finds', (count - loads) / best),
      unit: 'ratio',
      bar: atLeast(0.95),
      note: `${count - loads} of ${count} requests; LRU over ${FIT} places: ${best}`,
    },
    {
      ...reading('most-memory', 'most memory, of the budget', mostBytes / budget),
      unit: 'ratio',
      bar: atMost(1),
    },
  ];
}
