import { setTimeout as sleep } from 'node:timers/promises';
import { Chaos } from './chaos.ts';
import { ChildProcesses } from './faults/child-processes.ts';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import type { SoakReport } from './report/report.ts';
import { drawRecipes } from './requests/recipe.ts';
import { undisturbed } from './requests/references.ts';
import { EventAudit } from './watch/event-audit.ts';
import { backAt, held, leaksOf, openWhatStaysOpen, settledHeld } from './watch/held.ts';
import { MemoryWatch, type MemoryTrends } from './watch/memory-watch.ts';
import { ProcessGuard } from './watch/process-guard.ts';
import { openWorld } from './world.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  /** The model's id or directory. */
  readonly model: string;
  /** Under how many names it is loaded. */
  readonly models: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Of all requests, from 0 to 1, how many bring a fault. */
  readonly faultRate: number;
  /** Different answers that are asked for. */
  readonly recipes: number;
  readonly maxTokens: number;
}

export type Progress = (message: string) => void;

/** Of all answers, how many must not hang on a rounding error. */
const LEAST_STEADY = 0.8;
const SETTLE_TIMEOUT_MS = 30_000;
const SAMPLE_EVERY_MS = 2000;
/** Processes fill their caches for this long, at most half of the soak. */
const LONGEST_WARM_UP_MS = 60_000;
/** Memory is judged when it was watched for so long; before, its slope is noise. */
const JUDGED_AFTER_MS = 4 * 60_000;
const LIMITS_MIB = { heap: 4, node: 64, sidecars: 64 };

/** Stresses the engine, the server and the real model for a time, and tells what broke; `stop` ends it early. */
export async function soak(
  options: SoakOptions,
  progress: Progress,
  stop: AbortSignal = new AbortController().signal,
): Promise<SoakReport> {
  const endOfSoak = new AbortController();
  const { signal } = endOfSoak;
  const startedAt = performance.now();
  const ledger = new Ledger();
  using guard = new ProcessGuard();
  using children = new ChildProcesses();
  openWhatStaysOpen();
  const before = await held(signal);
  const body = await runInWorld(options, { progress, ledger, children, signal, stop });
  const after = await backAt(before, signal, SETTLE_TIMEOUT_MS);
  for (const leak of leaksOf(before, after)) ledger.complain(`after the engine's end, ${leak}`);
  for (const fault of guard.faults) ledger.complain(fault);
  const { outcomes, injected, faults, faultCount, requests, compared, survived } = ledger;
  return {
    ...body,
    seed: options.seed,
    models: options.models,
    concurrency: options.concurrency,
    seconds: (performance.now() - startedAt) / 1000,
    outcomes,
    injected,
    faults,
    faultCount,
    requests,
    compared,
    survived,
  };
}

interface Tools {
  readonly progress: Progress;
  readonly ledger: Ledger;
  readonly children: ChildProcesses;
  /** Outlives all requests. */
  readonly signal: AbortSignal;
  readonly stop: AbortSignal;
}

async function runInWorld(options: SoakOptions, tools: Tools) {
  const { progress, ledger, children, signal, stop } = tools;
  const random = new Random(options.seed);
  const recipes = drawRecipes(random, options.recipes, options.maxTokens);
  const names = Array.from({ length: options.models }, (_, index) => `model-${index + 1}`);
  progress(`loading ${options.model} as ${names.join(', ')}`);
  await using world = await openWorld(options.model, names);
  progress(`${recipes.length} answers without a fault, to compare with`);
  const { answers, steady } = await undisturbed(world.engine, names[0] ?? '', recipes);
  if (steady.length < recipes.length * LEAST_STEADY) {
    ledger.complain(`only ${steady.length} of ${recipes.length} answers are the same twice`);
  }
  const calm = await settledHeld(signal, SETTLE_TIMEOUT_MS);

  using audit = new EventAudit(world.engine);
  const memory = new MemoryWatch(world.engine, Math.min(LONGEST_WARM_UP_MS, options.seconds * 500));
  const plans = { recipes: steady, models: names, faultRate: options.faultRate };
  const parts = { world, random, plans, references: answers, audit, children, ledger };
  const chaos = new Chaos({ ...parts, endOfSoak: signal });
  const startedAt = performance.now();
  const running = chaos.run(options.concurrency, startedAt + options.seconds * 1000, stop);
  const watched = new AbortController();
  const watching = watch(memory, watched.signal, () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const counts = `${ledger.requests} requests, ${audit.allLosses} processes lost`;
    progress(`${seconds} of ${options.seconds} s: ${counts}, ${ledger.faultCount} complaints`);
  });
  await running;
  watched.abort();
  await watching;

  progress('waiting for rest');
  const rest = await backAt(calm, signal, SETTLE_TIMEOUT_MS);
  for (const leak of leaksOf(calm, rest)) ledger.complain(`at rest, ${leak}`);
  for (const streamId of audit.open) ledger.complain(`${streamId} never ended`);
  for (const fault of audit.faults) ledger.complain(fault);
  const trends = memory.trends();
  if (performance.now() - startedAt >= JUDGED_AFTER_MS) judgeMemory(trends, ledger);
  return {
    memory: trends,
    recipes: { drawn: recipes.length, steady: steady.length },
    held: { calm, rest },
    lost: audit.allLosses,
    recoveriesMs: audit.recoveries,
  };
}

async function watch(memory: MemoryWatch, end: AbortSignal, tell: () => void): Promise<void> {
  while (!end.aborted) {
    await memory.sample();
    tell();
    await sleep(SAMPLE_EVERY_MS, undefined, { signal: end }).catch(() => undefined);
  }
}

function judgeMemory(trends: MemoryTrends, ledger: Ledger): void {
  for (const name of ['heap', 'node', 'sidecars'] as const) {
    const { grownMiB } = trends[name];
    if (grownMiB <= LIMITS_MIB[name]) continue;
    ledger.complain(`memory (${name}) grew by ${grownMiB.toFixed(1)} MiB`);
  }
}
