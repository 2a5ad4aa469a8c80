import { alternate } from '../../measure/alternate.ts';
import { atLeast, atMost, type Measurement } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { runClients, type ClientsReport } from '../transport/clients/run-clients.ts';
import { MODEL } from '../transport/fake-engine.ts';
import { startWatchedServer } from './watched-server.ts';

const TOKENS = 200_000;

/** One long stream with traces, metrics and logs, and the same without. */
export const overhead: Benchmark = {
  id: 'overhead',
  async measure({ rounds, progress }): Promise<Measurement[]> {
    const pairs = await alternate('watched and unwatched', rounds, progress, {
      ours: () => stream(true),
      reference: () => stream(false),
    });
    return [
      {
        kind: 'comparison',
        id: 'watched-throughput',
        title: 'one stream over HTTP with traces, metrics and logs on: tokens per processor second',
        unit: 'tok/s',
        reference: 'the same with all of them off',
        bar: atLeast(0.99),
        rounds: pairs.map(({ ours, reference }) => ({
          ours: ours.tokens / ours.cpuSeconds,
          reference: reference.tokens / reference.cpuSeconds,
        })),
      },
      {
        kind: 'reading',
        id: 'watched-cost',
        title: 'processor time of the server per token that watching adds',
        unit: 'µs',
        bar: atMost(1),
        values: pairs.map(({ ours, reference }) => cost(ours) - cost(reference)),
      },
    ];
  },
};

const cost = ({ cpuSeconds, tokens }: ClientsReport): number => (cpuSeconds * 1_000_000) / tokens;

async function stream(on: boolean): Promise<ClientsReport> {
  await using watched = await startWatchedServer(on);
  const port = Number(new URL(watched.server.url).port);
  return await runClients({ port, connections: 1, tokens: TOKENS, model: MODEL });
}
