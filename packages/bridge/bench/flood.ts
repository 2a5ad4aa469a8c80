/**
 * Tokens per second, and latency added per frame, of a sidecar that costs
 * nothing. Prints JSON. Arguments: tokens in all (1,000,000).
 */
import { Sidecar } from '@mlx/bridge';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeGeneration } from '@mlx/bridge/testing';

const total = Number(process.argv[2] ?? 1_000_000);

function request(streamId: string, maxTokens: number) {
  return { streamId, prompt: { type: 'text' as const, text: 'flood' }, sampling: { maxTokens } };
}

/** The clock that the fake writes its timestamps with. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

async function throughput(streams: number) {
  await using sidecar = new Sidecar(fakeSidecar({}));
  await sidecar.start();
  const each = Math.floor(total / streams);
  const memoryBefore = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const read = async (index: number) => {
    let tokens = 0;
    for await (const row of sidecar.generate(request(`s${index}`, each)))
      tokens += row.tokens.length;
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

async function latency(streams: number, steps: number, generation: FakeGeneration) {
  await using sidecar = new Sidecar(
    fakeSidecar({ generation: { timestamps: true, ...generation } }),
  );
  await sidecar.start();
  const delays: number[] = [];
  const read = async (index: number) => {
    for await (const row of sidecar.generate(request(`s${index}`, steps))) {
      delays.push(microseconds() - Number(row.text));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => read(index)));
  delays.sort((a, b) => a - b);
  const at = (share: number) => (delays[Math.floor(delays.length * share)] ?? 0) / 1000;
  return { streams, rows: delays.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(0.9999) };
}

const report = {
  throughput: [await throughput(1), await throughput(32), await throughput(256)],
  latency: [
    await latency(1, 2000, { stepMs: 1 }),
    await latency(32, 2000, { stepMs: 1 }),
    await latency(64, 2000, { stepMs: 1 }),
  ],
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
