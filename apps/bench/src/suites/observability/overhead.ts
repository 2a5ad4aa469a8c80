import { alternate, type Pair } from '../../measure/alternate.ts';
import { atLeast, atMost, type Measurement } from '../../measure/measurement.ts';
import { medianInterval } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import {
  costOf,
  startClients,
  type Clients,
  type ClientsReport,
} from '../transport/clients/start-clients.ts';
import type { ClientsOrder } from '../transport/clients/messages.ts';
import { MODEL } from '../transport/fake-engine.ts';
import { startWatchedServer, type WatchedServer } from './watched-server.ts';

/** Short streams: what else the machine does then falls on both of a pair alike. */
const TOKENS = 20_000;
/** The cost is far below what a machine varies from stream to stream: only many pairs show it. */
const PAIRS_PER_ROUND = 100;
/** By then both are compiled. */
const WARM_UPS = 10;
/** Answers of a burst of short ones, which are all beginning and end. */
const ANSWERS = 200;
const TOKENS_OF_SHORT = 8;
const BURSTS_PER_ROUND = 40;

/** Streams with traces, metrics and logs, in turn with the same without, in one process. */
export const overhead: Benchmark = {
  id: 'overhead',
  async measure({ rounds, progress }): Promise<Measurement[]> {
    await using watched = await startWatchedServer(true);
    await using unwatched = await startWatchedServer(false);
    using clients = startClients();
    const sides = {
      ours: () => stream(watched, clients),
      reference: () => stream(unwatched, clients),
    };
    await alternate('warming up', WARM_UPS, progress, sides);
    const count = rounds * PAIRS_PER_ROUND;
    const pairs = await alternate('watched and unwatched', count, progress, sides);
    const bursts = await alternate('short answers', rounds * BURSTS_PER_ROUND, progress, {
      ours: () => burst(watched, clients),
      reference: () => burst(unwatched, clients),
    });
    return [
      compared(pairs, {
        id: 'watched-throughput',
        title: 'one stream over HTTP with traces, metrics and logs on: tokens per processor second',
        rate: ({ tokens, cpuSeconds }) => tokens / cpuSeconds,
        bar: atLeast(0.99),
      }),
      compared(pairs, {
        id: 'watched-throughput-clock',
        title: 'the same by the clock',
        rate: ({ tokens, seconds }) => tokens / seconds,
      }),
      added(pairs, {
        id: 'watched-cost',
        title: 'processor time of the server per token that watching adds',
        bar: atMost(1),
        cost: costOf,
      }),
      added(bursts, {
        id: 'watched-answer',
        title: 'processor time of the server per answer that watching adds',
        cost: ({ cpuSeconds }) => (cpuSeconds * 1_000_000) / ANSWERS,
      }),
    ];
  },
};

interface Compared extends Pick<Measurement, 'id' | 'title' | 'bar'> {
  readonly rate: (report: ClientsReport) => number;
}

function compared(
  pairs: readonly Pair<ClientsReport>[],
  { rate, ...about }: Compared,
): Measurement {
  const rounds = pairs.map(({ ours, reference }) => ({
    ours: rate(ours),
    reference: rate(reference),
  }));
  return {
    kind: 'comparison',
    ...about,
    unit: 'tok/s',
    reference: 'the same with all of them off',
    rounds,
    note: intervalOf(rounds.map(({ ours, reference }) => ours / reference)),
  };
}

interface Added extends Pick<Measurement, 'id' | 'title' | 'bar'> {
  /** Microseconds. */
  readonly cost: (report: ClientsReport) => number;
}

function added(pairs: readonly Pair<ClientsReport>[], { cost, ...about }: Added): Measurement {
  const values = pairs.map(({ ours, reference }) => cost(ours) - cost(reference));
  return { kind: 'reading', ...about, unit: 'µs', values, note: intervalOf(values) };
}

function intervalOf(values: readonly number[]): string {
  const [low, high] = medianInterval(values);
  return `the median lies between ${low.toFixed(3)} and ${high.toFixed(3)} (95 %, ${values.length} pairs)`;
}

function stream(watched: WatchedServer, clients: Clients): Promise<ClientsReport> {
  return run(watched, clients, { connections: 1, tokens: TOKENS, warmUp: 1 });
}

function burst(watched: WatchedServer, clients: Clients): Promise<ClientsReport> {
  return run(watched, clients, { connections: ANSWERS, tokens: TOKENS_OF_SHORT, warmUp: 0 });
}

function run(
  watched: WatchedServer,
  clients: Clients,
  streams: Omit<ClientsOrder, 'port' | 'model'>,
): Promise<ClientsReport> {
  watched.sampleTraces();
  const port = Number(new URL(watched.server.url).port);
  return clients.run({ ...streams, port, model: MODEL });
}
