import type { FakeGeneration } from '@mlx/bridge/testing';
import { createHandler, listen } from '@mlx/server';
import { atMost, type Measurement } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { startBareServer } from './bare-server.ts';
import { costOf, startClients, type Clients, type ClientsReport } from './clients/start-clients.ts';
import { MODEL, startFakeEngine } from './fake-engine.ts';

const CONNECTIONS = 200;
/** 50 tokens a second for each stream, 10,000 in all. */
const STEP_MS = 20;
/** Two seconds, by which everything is compiled. */
const WARM_UP = 100;
const STEPS = 600;

interface Load {
  readonly id: string;
  readonly batches: number;
  readonly title: string;
}

/** The same streams as four models' batches make them, and all tokens in one moment, where the last waits for 199 others. */
const LOADS: readonly Load[] = [
  { id: 'http-latency', batches: 4, title: '4 batches of 50, one after another' },
  { id: 'http-latency-at-once', batches: 1, title: 'all in the same moment' },
];

interface Pair {
  readonly ours: ClientsReport;
  readonly bare: ClientsReport;
}

/** HTTP, engine and bridge over a sidecar that keeps its pace whatever they do: how long a token takes to a client. */
export const httpLatency: Benchmark = {
  id: 'http-latency',
  async measure({ rounds, progress }) {
    using clients = startClients();
    const measurements: Measurement[] = [];
    for (const load of LOADS) {
      const pairs: Pair[] = [];
      for (let round = 0; round < rounds; round++) {
        progress(`${CONNECTIONS} connections, ${load.title}: round ${round + 1} of ${rounds}`);
        pairs.push({ ours: await serve(load, clients), bare: await serveBare(load, clients) });
      }
      measurements.push(...compared(load, pairs));
    }
    return measurements;
  },
};

function compared({ id, title: load, batches }: Load, pairs: readonly Pair[]): Measurement[] {
  const title = `${CONNECTIONS} streams over HTTP, a token to each every ${STEP_MS} ms, ${load}`;
  const ours = pairs.map((pair) => pair.ours);
  const bare = pairs.map((pair) => pair.bare);
  return [
    {
      kind: 'reading',
      id,
      title: `${title}: from when a token was due to its client, 99th percentile of the median second`,
      unit: 'ms',
      // In one moment not even Node alone could.
      ...(batches > 1 ? { bar: atMost(5) } : {}),
      values: ours.map(({ delays }) => delays.p99OfSecond),
      note: told(ours),
    },
    {
      kind: 'reading',
      id: `${id}-bare`,
      title: 'the same from a server of Node alone, without engine and sidecar',
      unit: 'ms',
      values: bare.map(({ delays }) => delays.p99OfSecond),
      note: told(bare),
    },
    {
      kind: 'comparison',
      id: `${id}-cost`,
      title: `${title}: processor time of the server per token`,
      unit: 'µs',
      reference: 'a server of Node alone, without engine and sidecar',
      bar: atMost(2),
      rounds: pairs.map((pair) => ({ ours: costOf(pair.ours), reference: costOf(pair.bare) })),
    },
  ];
}

/** Of each round: median, 99th percentile of all, longest, and how many tokens came of those due. */
function told(reports: readonly ClientsReport[]): string {
  const rounds = reports.map(({ delays: { median, p99, longest }, tokens, seconds }) => {
    const share = (tokens / seconds / CONNECTIONS) * (STEP_MS / 1000);
    const delays = [median, p99, longest].map((ms) => ms.toFixed(1)).join(', ');
    return `${delays} ms, ${(share * 100).toFixed(0)} % of the pace`;
  });
  return `median, 99th percentile of all, longest: ${rounds.join('; ')}`;
}

async function serve({ batches }: Load, clients: Clients): Promise<ClientsReport> {
  const generation: FakeGeneration = { stepMs: STEP_MS, timestamps: true, batches };
  await using engine = await startFakeEngine(generation);
  await using server = await listen(createHandler(engine.engine), { host: '127.0.0.1', port: 0 });
  return await read(Number(new URL(server.url).port), clients);
}

async function serveBare({ batches }: Load, clients: Clients): Promise<ClientsReport> {
  const streams = { connections: CONNECTIONS, tokens: STEPS, stepMs: STEP_MS, batches };
  await using server = await startBareServer(streams);
  return await read(server.port, clients);
}

function read(port: number, clients: Clients): Promise<ClientsReport> {
  const streams = { connections: CONNECTIONS, tokens: STEPS, warmUp: WARM_UP };
  return clients.run({ ...streams, port, model: MODEL });
}
