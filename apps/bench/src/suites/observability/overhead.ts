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

type Streams = Pick<ClientsOrder, 'connections' | 'tokens'>;

/** One short stream: what else the machine does then falls on both of a pair alike. */
const LONG: Streams = { connections: 1, tokens: 20_000 };
/** The cost is far below what a machine varies from stream to stream: only many pairs show it. */
const PAIRS_PER_ROUND = 200;
const WARM_UPS = 10;
/** A burst of short answers, which are all beginning and end. */
const BURST: Streams = { connections: 200, tokens: 8 };
const BURSTS_PER_ROUND = 30;

/** Streams with traces, metrics and logs, in turn with the same without, of one server. */
export const overhead: Benchmark = {
  id: 'overhead',
  async measure({ rounds, progress }): Promise<Measurement[]> {
    await using server = await startWatchedServer();
    using clients = startClients();
    const sidesOf = (streams: Streams) => ({
      ours: () => run(server, clients, streams, true),
      reference: () => run(server, clients, streams, false),
    });
    // What happens once an answer is compiled only after thousands of them.
    await alternate('warming up', WARM_UPS, progress, sidesOf(BURST));
    const shorts = rounds * BURSTS_PER_ROUND;
    const bursts = await alternate('short answers', shorts, progress, sidesOf(BURST));
    await alternate('warming up', WARM_UPS, progress, sidesOf(LONG));
    const count = rounds * PAIRS_PER_ROUND;
    const pairs = await alternate('watched and unwatched', count, progress, sidesOf(LONG));
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
        cost: ({ cpuSeconds }) => (cpuSeconds * 1_000_000) / BURST.connections,
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

/** The whole of the streams; the spans of a burst, which fill batches, are exported with it. */
async function run(
  server: WatchedServer,
  clients: Clients,
  streams: Streams,
  watched: boolean,
): Promise<ClientsReport> {
  server.watch(watched);
  const port = Number(new URL(server.server.url).port);
  const report = await clients.run({ ...streams, port, model: MODEL, warmUp: 0 });
  if (streams !== BURST) return report;
  const before = process.cpuUsage();
  await server.exportTraces();
  const { user, system } = process.cpuUsage(before);
  return { ...report, cpuSeconds: report.cpuSeconds + (user + system) / 1_000_000 };
}
