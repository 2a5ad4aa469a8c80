import { createHandler, listen } from '@mlx/server';
import { atLeast, atMost, type Measurement } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { startBareServer } from './bare-server.ts';
import { runClients, type ClientsReport } from './clients/run-clients.ts';
import { MODEL, startFakeEngine } from './fake-engine.ts';
import type { FakeGeneration } from '@mlx/bridge/testing';

const CONNECTIONS = 200;
const STEP_MS = 100;
const STEPS = 40;
const FREE_TOKENS = 200_000;

/** HTTP, engine and bridge over a model that costs nothing: what a token takes to a client, and how many come. */
export const http: Benchmark = {
  id: 'http',
  async measure({ rounds, progress }) {
    const steady: ClientsReport[] = [];
    const bare: ClientsReport[] = [];
    const free: ClientsReport[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`${CONNECTIONS} connections: round ${round + 1} of ${rounds}`);
      steady.push(await serve({ stepMs: STEP_MS, timestamps: true }, CONNECTIONS, STEPS));
      bare.push(await serveBare());
      free.push(await serve({}, 1, FREE_TOKENS));
    }
    return [...latencies(steady, bare), ...throughputs(free)];
  },
};

function latencies(ours: readonly ClientsReport[], bare: readonly ClientsReport[]): Measurement[] {
  const title = `${CONNECTIONS} streams over HTTP, a token to each every ${STEP_MS} ms`;
  return [
    {
      kind: 'reading',
      id: 'http-latency',
      title: `${title}: 99th percentile from sidecar to client`,
      unit: 'ms',
      bar: atMost(5),
      values: ours.map(latency),
    },
    {
      kind: 'reading',
      id: 'http-latency-bare',
      title: 'the same from a server of Node alone, without engine and sidecar',
      unit: 'ms',
      values: bare.map(latency),
    },
    {
      kind: 'comparison',
      id: 'http-cost',
      title: `${title}: processor time of the server per token`,
      unit: 'µs',
      reference: 'a server of Node alone, without engine and sidecar',
      // A busy machine slows the delay down and this hardly.
      bar: atMost(2),
      rounds: ours.map((report, round) => ({
        ours: costOf(report),
        reference: costOf(bare[round] ?? report),
      })),
    },
  ];
}

function throughputs(free: readonly ClientsReport[]): Measurement[] {
  return [
    {
      kind: 'reading',
      id: 'http-throughput',
      title: 'one stream over HTTP from a model that costs nothing',
      unit: 'tok/s',
      bar: atLeast(20_000),
      values: free.map(({ tokens, seconds }) => tokens / seconds),
    },
    {
      kind: 'reading',
      id: 'http-throughput-cost',
      title: 'the same: processor time of the server per token',
      unit: 'µs',
      values: free.map(costOf),
    },
  ];
}

function latency({ delays }: ClientsReport): number {
  return quantile(delays, 0.99);
}

/** Microseconds per token. */
const costOf = ({ cpuSeconds, tokens }: ClientsReport): number => (cpuSeconds * 1_000_000) / tokens;

async function serve(
  generation: FakeGeneration,
  connections: number,
  tokens: number,
): Promise<ClientsReport> {
  await using engine = await startFakeEngine(generation);
  await using server = await listen(createHandler(engine.engine), { host: '127.0.0.1', port: 0 });
  return await runClients({
    port: Number(new URL(server.url).port),
    connections,
    tokens,
    model: MODEL,
  });
}

async function serveBare(): Promise<ClientsReport> {
  await using server = await startBareServer(CONNECTIONS, STEPS, STEP_MS);
  const { port } = server;
  return await runClients({ port, connections: CONNECTIONS, tokens: STEPS, model: MODEL });
}
