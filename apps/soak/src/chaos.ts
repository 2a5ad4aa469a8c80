import { setTimeout as sleep } from 'node:timers/promises';
import { inject, type ProcessFault } from './faults/fault.ts';
import type { ChildProcesses } from './faults/child-processes.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { Outcome } from './requests/answer-record.ts';
import { judge, type Reference } from './requests/judge.ts';
import { drawRequest, type PlanOptions, type RequestPlan } from './requests/request-plan.ts';
import { runThroughEngine } from './requests/through-engine.ts';
import { runThroughServer } from './requests/through-server.ts';
import type { EventAudit } from './watch/event-audit.ts';
import { FORGETFUL_AFTER_MS, type World } from './world.ts';

interface ChaosOptions {
  readonly world: World;
  readonly random: Random;
  readonly plans: PlanOptions;
  readonly references: ReadonlyMap<number, Reference>;
  readonly audit: EventAudit;
  readonly children: ChildProcesses;
  readonly ledger: Ledger;
  readonly endOfSoak: AbortSignal;
}

/** A fault comes within this time of its request's start. */
const LATEST_FAULT_MS = 1500;

/** Draws requests one after the other and makes each, with the fault it brings. */
export class Chaos {
  readonly #options: ChaosOptions;
  #drawn = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  /** Keeps `concurrency` requests under way until `untilMs` of `performance.now()` or the signal, then lets them end. */
  async run(concurrency: number, untilMs: number, stop: AbortSignal): Promise<void> {
    const lanes = Array.from({ length: concurrency }, async () => {
      while (performance.now() < untilMs && !stop.aborted) await this.#next();
    });
    await Promise.all(lanes);
  }

  async #next(): Promise<void> {
    const { random, plans, references, audit, ledger } = this.#options;
    const plan = drawRequest(random, this.#drawn, plans);
    this.#drawn += 1;
    const lossesBefore = audit.losses(plan.model);
    const fault = plan.fault === undefined ? undefined : this.#injectLater(plan, plan.fault);
    if (plan.behaviour.kind === 'disconnects') ledger.recordInjected('disconnect');
    const outcome = await this.#run(plan);
    const crashes = audit.losses(plan.model) - lossesBefore;
    const reference = references.get(plan.recipe.id) ?? [];
    ledger.record(plan, outcome, crashes, judge(plan, outcome, { reference, crashes }));
    await fault;
  }

  #run(plan: RequestPlan): Promise<Outcome> {
    const { world, endOfSoak } = this.#options;
    if (plan.via === 'server') return runThroughServer(plan, world.url);
    const forgetMs = FORGETFUL_AFTER_MS * 1.5;
    return runThroughEngine(plan, { engine: world.engine, forgetMs, endOfSoak });
  }

  async #injectLater(plan: RequestPlan, fault: ProcessFault): Promise<void> {
    const { world, random, children, ledger } = this.#options;
    await sleep(random.between(0, LATEST_FAULT_MS));
    const { models } = await world.engine.getRuntimeInfo();
    const pid = models.find(({ model }) => model === plan.model)?.pid;
    const child = pid === undefined ? undefined : children.get(pid);
    // It may be dead of an earlier fault.
    if (child === undefined) return;
    ledger.recordInjected(fault);
    await inject(fault, child, random);
  }
}
