import type { OnSetupProgress, SetupProgress } from '../setup/progress.js';
import type { Output } from './cli-context.js';
import { progressText, type StepStart } from './progress-text.js';

const plainIntervalMs = 5000;
const REDRAW_MS = 1000;
const clearLine = '\r\u001B[K';

/**
 * Show set-up progress: one line that is redrawn on a terminal, else a line
 * for each new message and one every five seconds while it lasts.
 */
export function reportProgress(output: Output, variables: NodeJS.ProcessEnv) {
  const isTerminal = Boolean(output.isTTY) && variables['TERM'] !== 'dumb';
  const colour = isTerminal && !variables['NO_COLOR'];
  let shown: { message: string; at: number } | undefined;
  let step: StepStart & { message: string } = { message: '', at: 0, bytes: 0 };
  let clock: NodeJS.Timeout | undefined;

  const update: OnSetupProgress = (progress) => {
    const now = performance.now();
    const { message, bytes = 0 } = progress;
    if (message !== step.message) step = { message, at: now, bytes };
    if (isTerminal) {
      draw(progress);
      clearInterval(clock);
      clock = setInterval(() => draw(progress), REDRAW_MS);
      clock.unref();
    } else if (progress.message !== shown?.message || now - shown.at >= plainIntervalMs) {
      output.write(`${progressText(progress, step, now)}\n`);
    } else return;
    shown = { message: progress.message, at: now };
  };
  /** On a terminal; one of unknown width says that it has no columns. */
  const draw = (progress: SetupProgress) => {
    const width = (output.columns || 80) - 1;
    output.write(clearLine + progressText(progress, step, performance.now(), width));
  };
  const close = () => {
    clearInterval(clock);
    if (isTerminal && shown) output.write(clearLine);
    shown = undefined;
  };
  const done = (message: string) => {
    close();
    output.write(`${colour ? '\u001B[32m✓\u001B[39m' : 'ok'} ${message}\n`);
  };
  return { update, done, close };
}
