import { createHandler, listen } from '@mlx/server';
import { atLeast } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { costOf, startClients, type ClientsReport } from './clients/start-clients.ts';
import { MODEL, startFakeEngine } from './fake-engine.ts';

const TOKENS = 200_000;

/** One stream over HTTP, engine and bridge, from a model that costs nothing: how many tokens come. */
export const http: Benchmark = {
  id: 'http',
  async measure({ rounds, progress }) {
    await using fake = await startFakeEngine({});
    await using server = await listen(createHandler(fake.engine), { host: '127.0.0.1', port: 0 });
    using clients = startClients();
    const stream = { connections: 1, tokens: TOKENS, warmUp: 1, model: MODEL };
    const reports: ClientsReport[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`one stream: round ${round + 1} of ${rounds}`);
      reports.push(await clients.run({ ...stream, port: Number(new URL(server.url).port) }));
    }
    return [
      {
        kind: 'reading',
        id: 'http-throughput',
        title: 'one stream over HTTP from a model that costs nothing',
        unit: 'tok/s',
        bar: atLeast(20_000),
        values: reports.map(({ tokens, seconds }) => tokens / seconds),
      },
      {
        kind: 'reading',
        id: 'http-throughput-cost',
        title: 'the same: processor time of the server per token',
        unit: 'µs',
        values: reports.map(costOf),
      },
    ];
  },
};
