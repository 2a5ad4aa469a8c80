import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine } from '@mlx/engine';
import { NatsServer } from '../../../../packages/engine/test/fleet/support/nats-server.ts';
import { Random } from '../random.ts';
import { drawRecipes } from '../requests/recipe.ts';
import { drawRequest } from '../requests/request-plan.ts';
import { undisturbed, type References } from '../requests/references.ts';
import { runThroughEngine } from '../requests/through-engine.ts';
import { Ledger } from '../ledger.ts';
import type { Progress, SoakOptions } from '../soak.ts';
import { EventAudit } from '../watch/event-audit.ts';
import { ProcessGuard } from '../watch/process-guard.ts';
import { FORGETFUL_AFTER_MS } from '../world.ts';
import { fleetFaults, injectInFleet, type FleetFault } from './fleet-fault.ts';
import { judgeFleet } from './judge-fleet.ts';
import { WorkerProcess } from './worker-process.ts';

export type FleetSoakOptions = Pick<
  SoakOptions,
  'seed' | 'seconds' | 'model' | 'concurrency' | 'recipes' | 'maxTokens'
> & { readonly workers: number; readonly pauseMs: number };

/** What a soak of a fleet saw; it went well when there is no fault. */
export interface FleetSoakReport {
  readonly requests: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly injected: Readonly<Record<string, number>>;
  readonly compared: number;
  readonly faults: readonly string[];
}

/** An error may still come of a fault that was mended so long ago. */
const AFTERMATH_MS = 3000;

/** Stresses a gateway, its workers and their NATS server for a time, and tells what broke. */
export async function soakFleet(
  options: FleetSoakOptions,
  progress: Progress,
): Promise<FleetSoakReport> {
  using guard = new ProcessGuard();
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await NatsServer.start());
  const workers: WorkerProcess[] = [];
  for (let index = 1; index <= options.workers; index += 1) {
    progress(`starting worker ${index} of ${options.workers}`);
    const { model } = options;
    const wishes = { name: `worker-${index}`, fleet: server.url, model };
    const worker = resources.use(new WorkerProcess(wishes));
    await worker.start();
    workers.push(worker);
  }
  const engine = resources.use(createEngine({ fleet: server.url }));
  await engine.loadModel(options.model);
  const random = new Random(options.seed);
  progress('answers without a fault, to compare with');
  const recipes = drawRecipes(random, options.recipes, options.maxTokens);
  const references = await undisturbed(engine, options.model, recipes);
  const chaos = new FleetChaos({ options, random, engine, server, workers, references, progress });
  const report = await chaos.run();
  return { ...report, faults: [...report.faults, ...guard.faults] };
}

interface FleetChaosOptions {
  readonly options: FleetSoakOptions;
  readonly random: Random;
  readonly engine: Engine;
  readonly server: NatsServer;
  readonly workers: readonly WorkerProcess[];
  readonly references: References;
  readonly progress: Progress;
}

class FleetChaos {
  readonly #options: FleetChaosOptions;
  readonly #ledger = new Ledger();
  readonly #injected: Partial<Record<FleetFault, number>> = {};
  readonly #end = new AbortController();
  #brokenUntil = 0;
  #drawn = 0;

  constructor(options: FleetChaosOptions) {
    this.#options = options;
  }

  async run(): Promise<FleetSoakReport> {
    const { options, engine } = this.#options;
    using audit = new EventAudit(engine);
    const until = performance.now() + options.seconds * 1000;
    const lanes = Array.from({ length: options.concurrency }, async () => {
      while (performance.now() < until) await this.#next();
    });
    const breaking = this.#break(until);
    await Promise.all(lanes);
    await breaking;
    this.#end.abort();
    for (const streamId of audit.open) this.#ledger.complain(`${streamId} never ended`);
    const { rows } = await engine.getBatchStats(options.model);
    if (rows.decoding + rows.paused > 0) this.#ledger.complain('at rest, rows are held');
    const { requests, outcomes, compared, faults } = this.#ledger;
    const twice = audit.faults.filter((fault) => fault.includes('ended twice'));
    return {
      requests,
      outcomes,
      compared,
      injected: this.#injected,
      faults: [...faults, ...twice],
    };
  }

  async #next(): Promise<void> {
    const { options, random, engine, references } = this.#options;
    const { steady: recipes, answers } = references;
    const drawn = drawRequest(random, this.#drawn, {
      recipes,
      models: [options.model],
      faultRate: 0,
    });
    const plan = { ...drawn, via: 'engine' as const };
    this.#drawn += 1;
    const startedAt = performance.now();
    const outcome = await runThroughEngine(plan, {
      engine,
      forgetMs: FORGETFUL_AFTER_MS,
      endOfSoak: this.#end.signal,
    });
    const wasBroken = this.#brokenUntil >= startedAt;
    const reference = answers.get(plan.recipe.id) ?? [];
    const faults = judgeFleet(plan, outcome, { reference, wasBroken });
    this.#ledger.record(plan, outcome, wasBroken ? 1 : 0, faults);
    // Where nothing can be answered, nobody asks as fast as they can.
    if (outcome.kind === 'failed') await sleep(random.between(50, 200));
  }

  /** One fault after the other, so that some worker is always left. */
  async #break(until: number): Promise<void> {
    const { options, random, workers, server, progress } = this.#options;
    while (performance.now() < until) {
      await sleep(random.between(options.pauseMs / 2, options.pauseMs));
      const fault = random.pick(fleetFaults);
      this.#brokenUntil = Number.POSITIVE_INFINITY;
      this.#injected[fault] = (this.#injected[fault] ?? 0) + 1;
      const { requests, faultCount } = this.#ledger;
      progress(`${fault} after ${requests} requests, ${faultCount} complaints`);
      await injectInFleet(fault, random.pick(workers), server);
      this.#brokenUntil = performance.now() + AFTERMATH_MS;
    }
  }
}
