import { streamCompletion } from '../../client/stream-completion.ts';
import { atMost } from '../../measure/measurement.ts';
import { startOurServer, type OurServer } from '../../peers/our-server.ts';
import { GREEDY } from '../../prompts/settings.ts';
import { storyPrompt } from '../../prompts/story.ts';
import type { Benchmark } from '../benchmark.ts';
import { settled } from '../leaks.ts';
import { interruptedStreams } from './interrupted-streams.ts';
import { isAlive } from './is-alive.ts';

const STREAMS = 32;

/** Patience for many crashes in a row, which users do not need: their back-off grows. */
const CONFIG = { python_runtime: { max_restarts: 1000, restart_delay_base_ms: 1 } };

/** What a native crash costs those who were being served, and how long it lasts. */
export const killSidecar: Benchmark = {
  id: 'kill-sidecar',
  async measure({ rounds, progress, contenders }) {
    progress('starting a server to be crashed');
    await using server = await startOurServer(contenders.modelId, CONFIG);
    await probe(server);
    const before = await settled(server);
    const crashes: Crash[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`killing the sidecar under ${STREAMS} streams: ${round + 1} of ${rounds}`);
      crashes.push(await crash(server, round));
    }
    const after = await settled(server);
    const files = after.node.descriptors - before.node.descriptors;
    const left = crashes.filter(({ pid }) => isAlive(pid)).length;
    const reading = { kind: 'reading', unit: 'ms' } as const;
    return [
      {
        ...reading,
        id: 'serving-again',
        title: `sidecar killed under ${STREAMS} streams: first token of a new request, slowest of ${rounds}`,
        bar: atMost(5000),
        values: [Math.max(...crashes.map(({ servingAgainMs }) => servingAgainMs))],
        note: crashes.map(({ servingAgainMs }) => `${Math.round(servingAgainMs)} ms`).join(', '),
      },
      {
        ...reading,
        id: 'typed-end',
        title: 'the same: until every interrupted stream had its error or went on, slowest',
        bar: atMost(1000),
        values: [Math.max(...crashes.map(({ endedMs }) => endedMs))],
        note: crashes.map(({ outcomes }) => outcomes).join('; '),
      },
      {
        ...reading,
        id: 'crash-leaks',
        title: 'the same: silent ends, processes left, descriptors more than before',
        unit: 'leaks',
        bar: atMost(0),
        values: [crashes.reduce((sum, { silent }) => sum + silent, left + Math.max(0, files))],
      },
    ];
  },
};

interface Crash {
  readonly pid: number;
  readonly servingAgainMs: number;
  readonly endedMs: number;
  /** Streams that ended as if complete, with neither error nor all their tokens. */
  readonly silent: number;
  readonly outcomes: string;
}

async function crash(server: OurServer, round: number): Promise<Crash> {
  const streams = interruptedStreams(server.endpoint, STREAMS, `crash ${round}`);
  await streams.running;
  const { pid } = (await server.inspect()).sidecar;
  const killedAt = performance.now();
  process.kill(pid, 'SIGKILL');
  const [servingAgainAt, ends] = await Promise.all([probe(server), streams.ended]);
  const count = (kind: string): number => ends.filter((end) => end.kind === kind).length;
  return {
    pid,
    servingAgainMs: servingAgainAt - killedAt,
    endedMs: Math.max(
      0,
      ...ends.filter((end) => end.kind === 'error').map(({ at }) => at - killedAt),
    ),
    silent: count('silent'),
    outcomes: `${count('error')} with an error, ${count('complete')} complete`,
  };
}

/** Asks until it is answered; resolves with the moment the first token came. */
async function probe(server: OurServer): Promise<number> {
  for (;;) {
    try {
      const request = { messages: storyPrompt('probe'), max_tokens: 1, ...GREEDY };
      const record = await streamCompletion(server.endpoint, request);
      return record.textAt[0] ?? record.endedAt;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
