import type { Round, ToolCall } from '../conversation/schema.js';
import { askReader } from './decisions.js';
import type { ToolBox } from './tool-box.js';

const REFUSED = 'The user did not allow this call.';

interface RunCallsOptions {
  readonly tools: ToolBox;
  readonly signal: AbortSignal;
  readonly isAllowed: (call: ToolCall) => boolean;
  readonly allowAlways: (call: ToolCall) => void;
  readonly show: (round: Round) => void;
}

/** Runs a round's calls one after another, each after the reader has agreed. */
export async function runCalls(round: Round, options: RunCallsOptions): Promise<Round> {
  let { calls } = round;
  for (const [index, call] of round.calls.entries()) {
    const set = (change: Partial<ToolCall>): void => {
      calls = calls.with(index, Object.assign({}, call, change));
      options.show({ ...round, calls });
    };
    if (!(await agrees(call, options))) {
      set({ state: 'refused', result: REFUSED });
      continue;
    }
    set({ state: 'running' });
    try {
      const result = await options.tools.call(call.name, call.arguments, options.signal);
      set({ state: 'done', result });
    } catch (error) {
      options.signal.throwIfAborted();
      set({ state: 'failed', result: error instanceof Error ? error.message : String(error) });
    }
  }
  return { ...round, calls };
}

/** A name that no server has needs no leave: calling it only tells the model so. */
async function agrees(call: ToolCall, options: RunCallsOptions): Promise<boolean> {
  if (call.server === '' || options.isAllowed(call)) return true;
  const decision = await askReader(call.id, options.signal);
  if (decision === 'always') options.allowAlways(call);
  return decision !== 'refuse';
}
