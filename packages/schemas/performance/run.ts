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
import * as z from 'zod';
import * as byHand from './by-hand.ts';
import * as inputs from './inputs.ts';

/**
 * Calls per sample by microseconds per call: enough that the clock's resolution
 * does not count, and so few that some samples are over before anything else on
 * the machine gets its turn.
 */
const callsPerSample = (time: number) => Math.max(4, Math.round(100 / Math.max(time, 0.2)));
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

/** The same schemas after `z.compile`, which writes a function for each: time to compile, time per validation. */
const compilable = {
  LoadModelOptions: [LoadModelOptionsSchema, inputs.loadModelOptions],
  GeneratorParams: [GeneratorParamsSchema, inputs.generatorParams],
  RuntimeConfig: [RuntimeConfigSchema, fullConfig],
  ChatCompletionRequest: [ChatCompletionRequestSchema, inputs.chatCompletionRequest],
} as const;

async function measureCompiled(): Promise<void> {
  for (const [name, [schema, input]] of Object.entries(compilable)) {
    const start = performance.now();
    const compiled = z.compile<z.ZodType>(schema);
    const once = performance.now() - start;
    const time = await measure(() => compiled.parse(input), 200, 300);
    print(`${name} compiled: ${time.toFixed(3)} us, after ${once.toFixed(1)} ms once`);
  }
}

/** Microseconds of a call. */
async function measure(call: () => unknown, calls: number, time: number): Promise<number> {
  const bench = new Bench({ time, warmupTime: 200 });
  bench.add('case', () => {
    for (let index = 0; index < calls; index += 1) call();
  });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error('a case did not complete');
  return (task.result.latency.min * 1000) / calls;
}

async function measureAll(): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const [name, call] of Object.entries(cases)) {
    const rough = await measure(call, 50, 50);
    times.set(name, await measure(call, callsPerSample(rough), 500));
  }
  return times;
}

/** Bytes: the least of a few processes, since what else one of them does only adds to it. */
function measureMemory(): number {
  const script = new URL('memory.ts', import.meta.url).pathname;
  const once = () =>
    Number(execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' }));
  return Math.min(once(), once(), once(), once());
}

/** Times over the limit by this factor are let through: a busy machine is no fault of the code. */
const slack = process.argv.includes('--busy') ? 4 : 1;
const print = (line: string) => process.stdout.write(`${line}\n`);
let kept = true;
function judge(text: string, value: number, limit: number | undefined, factor = 1): void {
  const good = limit === undefined || value <= limit * factor;
  kept &&= good;
  print(`${text}${limit === undefined ? '' : ` (limit ${limit}${good ? '' : ', NOT KEPT'})`}`);
}

const times = await measureAll();
for (const [name, time] of times) {
  const limit = Object.entries(budgets).find(([key]) => key === name)?.[1];
  judge(`${name}: ${time.toFixed(3)} us`, time, limit, slack);
}
await measureCompiled();
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
