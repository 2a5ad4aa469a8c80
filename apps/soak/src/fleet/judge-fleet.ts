import { errorsOf, type Outcome } from '../requests/answer-record.ts';
import { judge, type Reference } from '../requests/judge.ts';
import type { RequestPlan } from '../requests/request-plan.ts';

/** What a fleet that has lost a part of itself may answer. */
const WHILE_BROKEN = new Set(['SidecarCrashed', 'TransportError', 'Overloaded', 'quarantined']);

/**
 * What is wrong with how a request to a fleet ended. Texts and ends are held to the same as on one
 * machine; errors have to be retryable, and to come while something was broken.
 */
export function judgeFleet(
  plan: RequestPlan,
  outcome: Outcome,
  { reference, wasBroken }: { readonly reference: Reference; readonly wasBroken: boolean },
): string[] {
  const errors = errorsOf(outcome);
  const expected = errors.filter(({ code }) => WHILE_BROKEN.has(code));
  const complaints = expected.flatMap(({ code, retryable, message }) => {
    if (!wasBroken) return [`${code} (${message}) while nothing was broken`];
    return retryable === false && code !== 'quarantined' ? [`${code}, and not retryable`] : [];
  });
  const told = new Set(expected.map(({ code, message }) => `${code} (${message})`));
  // The losses of workers are known to the caller alone: as many as needed are granted here.
  const others = judge(plan, outcome, { reference, crashes: 2 });
  return [...complaints, ...others.filter((complaint) => !told.has(complaint))];
}
