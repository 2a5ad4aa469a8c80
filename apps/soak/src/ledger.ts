import type { FaultKind } from './faults/fault.ts';
import { errorsOf, type Outcome } from './requests/answer-record.ts';
import type { RequestPlan } from './requests/request-plan.ts';

/** So many complaints tell enough; the rest are counted. */
const KEPT_FAULTS = 50;

/** Counts how requests ended and keeps what was wrong. Its size does not grow with the soak. */
export class Ledger {
  readonly outcomes: Record<string, number> = {};
  readonly injected: Partial<Record<FaultKind, number>> = {};
  readonly faults: string[] = [];
  requests = 0;
  faultCount = 0;
  /** Answers whose whole text was compared with the undisturbed one. */
  compared = 0;
  /** Requests that were whole although their model's process was lost meanwhile. */
  survived = 0;

  record(plan: RequestPlan, outcome: Outcome, crashes: number, faults: readonly string[]): void {
    this.requests += 1;
    const name = nameOf(outcome);
    this.outcomes[name] = (this.outcomes[name] ?? 0) + 1;
    const whole = outcome.answers.filter(({ ends }) => ends.includes('complete')).length;
    this.compared += whole;
    if (crashes > 0 && whole === outcome.answers.length) this.survived += 1;
    for (const fault of faults) this.complain(`request ${plan.index}: ${fault}`);
  }

  recordInjected(fault: FaultKind): void {
    this.injected[fault] = (this.injected[fault] ?? 0) + 1;
  }

  complain(fault: string): void {
    this.faultCount += 1;
    if (this.faults.length < KEPT_FAULTS) this.faults.push(fault);
  }
}

function nameOf(outcome: Outcome): string {
  if (outcome.kind === 'left') return 'left by their consumer';
  const [error] = errorsOf(outcome);
  return error === undefined ? 'complete' : error.code;
}
