/**
 * - `stopped`: nothing runs, nothing will.
 * - `starting`: a process is being brought up.
 * - `ready`: it takes calls.
 * - `restarting`: it died; the next one waits for the back-off to pass.
 * - `failed`: given up; only `reset` or `stop` lead out.
 */
export type SupervisorState = 'stopped' | 'starting' | 'ready' | 'restarting' | 'failed';

export type SupervisorEvent =
  'start' | 'started' | 'crashed' | 'backedOff' | 'gaveUp' | 'reset' | 'stop';

type Table = Record<SupervisorState, Partial<Record<SupervisorEvent, SupervisorState>>>;

/** Where each event leads from each state. What is not listed cannot happen there. */
const supervisorTable = {
  stopped: { start: 'starting' },
  starting: { started: 'ready', crashed: 'restarting', gaveUp: 'failed', stop: 'stopped' },
  ready: { crashed: 'restarting', gaveUp: 'failed', stop: 'stopped' },
  restarting: { backedOff: 'starting', stop: 'stopped' },
  failed: { reset: 'starting', stop: 'stopped' },
} as const satisfies Table;

/** The state that follows, or undefined where the event means nothing. */
export function nextState(
  state: SupervisorState,
  event: SupervisorEvent,
): SupervisorState | undefined {
  const row: Table[SupervisorState] = supervisorTable[state];
  return row[event];
}
