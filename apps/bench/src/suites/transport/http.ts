import { createHandler, listen } from '@mlx/server';
import { createParser } from 'eventsource-parser';
import { atLeast, atMost } from '../../measure/measurement.ts';
import { quantile } from '../../measure/statistics.ts';
import type { Benchmark } from '../benchmark.ts';
import { MODEL, startFakeEngine } from './fake-engine.ts';

const CONNECTIONS = 200;
const STEP_MS = 100;
const STEPS = 20;
const FREE_TOKENS = 50_000;

/** HTTP, engine and bridge over a model that costs nothing: what a token takes to a client, and how many come. */
export const http: Benchmark = {
  id: 'http',
  async measure({ rounds, progress }) {
    const delays: number[] = [];
    const speeds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`${CONNECTIONS} connections: round ${round + 1} of ${rounds}`);
      delays.push(quantile(await delaysOver(CONNECTIONS), 0.99));
      speeds.push(await freeSpeed());
    }
    return [
      {
        kind: 'reading',
        id: 'http-latency',
        title: `${CONNECTIONS} streams over HTTP, a token every ${STEP_MS} ms: 99th percentile from sidecar to client`,
        unit: 'ms',
        bar: atMost(5),
        values: delays,
      },
      {
        kind: 'reading',
        id: 'http-throughput',
        title: 'one stream over HTTP from a model that costs nothing',
        unit: 'tok/s',
        bar: atLeast(20_000),
        values: speeds,
      },
    ];
  },
};

async function delaysOver(connections: number): Promise<number[]> {
  await using engine = await startFakeEngine({ stepMs: STEP_MS, timestamps: true });
  await using server = await listen(createHandler(engine.engine), { host: '127.0.0.1', port: 0 });
  const delays: number[] = [];
  const onToken = (text: string) => {
    const nowMicroseconds = Number(process.hrtime.bigint() / 1000n);
    delays.push((nowMicroseconds - Number(text)) / 1000);
  };
  const streams = Array.from({ length: connections }, () => stream(server.url, STEPS, onToken));
  await Promise.all(streams);
  return delays;
}

/** Tokens per second of one stream. */
async function freeSpeed(): Promise<number> {
  await using engine = await startFakeEngine({});
  await using server = await listen(createHandler(engine.engine), { host: '127.0.0.1', port: 0 });
  const startedAt = performance.now();
  let tokens = 0;
  await stream(server.url, FREE_TOKENS, () => (tokens += 1));
  return tokens / ((performance.now() - startedAt) / 1000);
}

async function stream(url: string, tokens: number, onToken: (text: string) => void) {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, prompt: 'anything', max_tokens: tokens, stream: true }),
  });
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data === '[DONE]') return;
      const { choices } = JSON.parse(data) as { choices: { text: string }[] };
      const text = choices[0]?.text;
      if (text) onToken(text);
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? [])
    parser.feed(decoder.decode(bytes, { stream: true }));
}
