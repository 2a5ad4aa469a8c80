import { errorsOf, type AnswerRecord, type Outcome, type SeenError } from './answer-record.ts';
import type { RequestPlan } from './request-plan.ts';

/** What the recipe brought without any disturbance, one entry per answer. */
export type Reference = readonly Pick<AnswerRecord, 'text' | 'tokens'>[];

export interface Circumstances {
  readonly reference: Reference;
  /** How often the model's process was lost while the request was under way. */
  readonly crashes: number;
}

/** What is wrong with how a request ended; empty when every promise was kept. */
export function judge(plan: RequestPlan, outcome: Outcome, circumstances: Circumstances): string[] {
  const faults = outcome.answers.flatMap((answer, index) => [
    ...judgeText(answer, circumstances.reference[index]),
    ...judgeEnds(answer, outcome),
  ]);
  for (const error of errorsOf(outcome)) {
    const complaint = judgeError(error, plan, circumstances);
    if (complaint !== undefined) faults.push(complaint);
  }
  return faults;
}

/** An answer is the undisturbed one, or where it was cut short a beginning of it. */
function judgeText({ text, tokens, ends }: AnswerRecord, expected: Reference[number] | undefined) {
  if (expected === undefined) return ['an answer that nobody asked for'];
  const whole = ends.includes('complete');
  const isSame = whole ? text === expected.text : expected.text.startsWith(text);
  if (!isSame) {
    return [`text differs: ${JSON.stringify(text)} instead of ${JSON.stringify(expected.text)}`];
  }
  const sameTokens = tokens.every((token, position) => token === expected.tokens[position]);
  const allTokens = !whole || tokens.length === 0 || tokens.length === expected.tokens.length;
  return sameTokens && allTokens
    ? []
    : [`tokens differ: ${tokens.join()} instead of ${expected.tokens.join()}`];
}

function judgeEnds({ ends, strays }: AnswerRecord, outcome: Outcome): string[] {
  const faults = strays > 0 ? [`${strays} chunks after the end`] : [];
  if (ends.length > 1) faults.push(`${ends.length} ends`);
  if (outcome.kind === 'ended' && ends.length === 0) faults.push('a silent end');
  return faults;
}

/** Why an error should not have come; undefined when it is one that was promised. */
function judgeError(
  error: SeenError,
  { behaviour, resume }: RequestPlan,
  { crashes }: Circumstances,
): string | undefined {
  const told = `${error.code} (${error.message})`;
  switch (error.code) {
    case 'Cancelled':
      return behaviour.kind === 'aborts' ? undefined : `${told} though nobody aborted`;
    case 'Timeout':
      return behaviour.kind === 'forgets' ? undefined : `${told} though the consumer was awake`;
    case 'quarantined':
      return crashes >= 2 ? undefined : `${told} after ${crashes} crashes`;
    case 'SidecarCrashed':
    case 'sidecar_crashed':
      if (crashes >= 2) return undefined;
      if (crashes === 0) return `${told} without a crash`;
      if (error.retryable === false) return `${told} after one crash, and not retryable`;
      return resume ? `${told} though it was to be resumed` : undefined;
    default:
      return told;
  }
}
