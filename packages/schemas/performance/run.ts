/*
 * Measures the schemas against the numbers of the contract and fails when one
 * is not kept. Times are the best of many samples, per validation: the rest is
 * what else the machine was doing.
 */
import { execFileSync } from 'node:child_process';
import {
  ChatCompletionRequestSchema,
  GeneratorParamsSchema,
  LoadModelOptionsSchema,
  RuntimeConfigSchema,
  zodErrorToEngineError,
} from '@mlx/schemas';
import { Bench } from 'tinybench';
import * as byHand from './by-hand.ts';
import * as inputs from './inputs.ts';

/** Enough calls per sample that the clock's resolution does not count. */
const CALLS_PER_SAMPLE = 500;
/** Most microseconds per call. */
const budgets = {
  LoadModelOptions: 1,
  GeneratorParams: 2,
  RuntimeConfig: 30,
  'LoadModelOptions rejected and converted': 10,
};
const MAX_MEMORY_KIB = 2 * 1024;
/** The shortest request there is: one token of a small model, in microseconds. */
const SHORTEST_REQUEST = 10_000;

const fullConfig = RuntimeConfigSchema.parse({});

function rejectAndConvert(): void {
  const { error } = LoadModelOptionsSchema.safeParse(inputs.rejectedLoadModelOptions);
  if (!error) throw new Error('the input is invalid');
  zodErrorToEngineError(error);
}

const cases: Record<string, () => unknown> = {
  LoadModelOptions: () => LoadModelOptionsSchema.parse(inputs.loadModelOptions),
  'LoadModelOptions by hand': () => byHand.validateLoadModelOptions(inputs.loadModelOptions),
  GeneratorParams: () => GeneratorParamsSchema.parse(inputs.generatorParams),
  'GeneratorParams by hand': () => byHand.validateGeneratorParams(inputs.generatorParams),
  RuntimeConfig: () => RuntimeConfigSchema.parse(fullConfig),
  'LoadModelOptions rejected and converted': rejectAndConvert,
  ChatCompletionRequest: () => ChatCompletionRequestSchema.parse(inputs.chatCompletionRequest),
};

async function measure(): Promise<Map<string, number>> {
  const bench = new Bench({ time: 300, warmupTime: 200 });
  for (const [name, call] of Object.entries(cases)) {
    bench.add(name, () => {
      for (let index = 0; index < CALLS_PER_SAMPLE; index += 1) call();
    });
  }
  const tasks = await bench.run();
  return new Map(
    tasks.map(({ name, result }) => {
      if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`);
      return [name, (result.latency.min * 1000) / CALLS_PER_SAMPLE];
    }),
  );
}

function measureMemory(): number {
  const script = new URL('memory.ts', import.meta.url).pathname;
  return Number(execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' }));
}

const print = (line: string) => process.stdout.write(`${line}\n`);
let kept = true;
function judge(text: string, value: number, limit: number | undefined): void {
  const good = limit === undefined || value <= limit;
  kept &&= good;
  print(`${text}${limit === undefined ? '' : ` (limit ${limit}${good ? '' : ', NOT KEPT'})`}`);
}

const times = await measure();
for (const [name, time] of times) {
  const limit = Object.entries(budgets).find(([key]) => key === name)?.[1];
  judge(`${name}: ${time.toFixed(3)} us`, time, limit);
}
for (const name of ['LoadModelOptions', 'GeneratorParams']) {
  const ratio = (times.get(name) ?? 0) / (times.get(`${name} by hand`) ?? 1);
  print(`${name}: ${ratio.toFixed(1)} times the hand-written validator`);
}
const perRequest = (times.get('ChatCompletionRequest') ?? 0) + (times.get('GeneratorParams') ?? 0);
const share = (perRequest / SHORTEST_REQUEST) * 100;
judge(`Share of a request of 10 ms: ${share.toFixed(3)} %`, share, 1);
const memory = measureMemory() / 1024;
judge(`Memory of all schemas: ${memory.toFixed(0)} KiB`, memory, MAX_MEMORY_KIB);
process.exitCode = kept ? 0 : 1;
