/**
 * Tokens per second of a sidecar that costs nothing, and the latency of its
 * frames beside that of a bare pipe. Prints JSON.
 *
 * node bench/flood.ts [tokens in all, 1,000,000]
 */
import { Sidecar } from '@mlx/bridge';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeGeneration } from '@mlx/bridge/testing';
import { bareDelays } from './bare-reader.ts';
import { delayOf, requestFor, summarize } from './workload.ts';

const total = Number(process.argv[2] ?? 1_000_000);

async function throughput(streams: number) {
  await using sidecar = new Sidecar(fakeSidecar({}));
  await sidecar.start();
  const each = Math.floor(total / streams);
  const memoryBefore = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const read = async (index: number) => {
    let tokens = 0;
    for await (const row of sidecar.generate(requestFor(index, each))) tokens += row.tokens.length;
    return tokens;
  };
  const counts = await Promise.all(Array.from({ length: streams }, (_, index) => read(index)));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  return {
    streams,
    tokens,
    tokensPerSecond: Math.round(tokens / seconds),
    tokensPerCpuSecond: Math.round(tokens / ((cpu.user + cpu.system) / 1e6)),
    memoryGrowthMiB: Math.round((process.memoryUsage().rss - memoryBefore) / 2 ** 20),
  };
}

async function bridgeDelays(streams: number, steps: number, generation: FakeGeneration) {
  await using sidecar = new Sidecar(fakeSidecar({ generation }));
  await sidecar.start();
  const delays: number[] = [];
  const read = async (index: number) => {
    for await (const row of sidecar.generate(requestFor(index, steps))) {
      delays.push(delayOf(row.text));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => read(index)));
  return delays;
}

/** Both ways in turn, so that whatever else the machine does falls on both. */
async function latency(streams: number) {
  const generation: FakeGeneration = { timestamps: true, stepMs: 2 };
  const bare: number[] = [];
  const bridge: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    bare.push(...(await bareDelays(streams, 500, generation)));
    bridge.push(...(await bridgeDelays(streams, 500, generation)));
  }
  const [without, through] = [summarize(bare), summarize(bridge)];
  const addedP99Ms = through.p99Ms - without.p99Ms;
  return { streams, bare: without, bridge: through, addedP99Ms };
}

const report = {
  throughput: [await throughput(1), await throughput(32), await throughput(256)],
  latency: [await latency(1), await latency(32)],
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
