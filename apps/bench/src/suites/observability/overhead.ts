import { alternate } from '../../measure/alternate.ts';
import { atLeast, atMost, type Measurement } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { runClients, type ClientsReport } from '../transport/clients/run-clients.ts';
import { MODEL } from '../transport/fake-engine.ts';
import { startWatchedServer, type WatchedServer } from './watched-server.ts';

const TOKENS = 50_000;
/** The cost is far below what a machine varies from stream to stream: only many pairs show it. */
const PAIRS_PER_ROUND = 20;

/** Long streams with traces, metrics and logs, in turn with the same without. */
export const overhead: Benchmark = {
  id: 'overhead',
  async measure({ rounds, progress }): Promise<Measurement[]> {
    await using watched = await startWatchedServer(true);
    await using unwatched = await startWatchedServer(false);
    // By their second stream both are compiled.
    await stream(watched);
    await stream(unwatched);
    const pairs = await alternate('watched and unwatched', rounds * PAIRS_PER_ROUND, progress, {
      ours: () => stream(watched),
      reference: () => stream(unwatched),
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

async function stream(watched: WatchedServer): Promise<ClientsReport> {
  watched.sampleTraces();
  const port = Number(new URL(watched.server.url).port);
  return await runClients({ port, connections: 1, tokens: TOKENS, model: MODEL });
}
