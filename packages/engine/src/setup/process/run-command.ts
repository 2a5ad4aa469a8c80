import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setupCancelled } from '../errors.js';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Called with each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  /** A descriptor of ours that the child gets as its fourth, and keeps open while it lives. */
  readonly inherit?: number | undefined;
}

/** What a finished command left behind. */
interface CommandResult {
  /** Null when a signal or a failed start ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const outputLimit = 64 * 1024;
const killAfterMs = 5000;

/** Run to the end and report; a start that fails is a result too. Rejects only when cancelled. */
export async function runCommand(
  command: Command,
  options: RunOptions = {},
): Promise<CommandResult> {
  const { signal, timeoutMs, onLine, inherit } = options;
  if (signal?.aborted) throw setupCancelled(signal);
  const child = spawn(command.command, command.args, {
    env: command.variables,
    stdio: ['ignore', 'pipe', 'pipe', ...(inherit === undefined ? [] : [inherit])],
  });
  const stdout = collect(child.stdout, onLine);
  const stderr = collect(child.stderr, onLine);
  let timedOut = false;
  const end = () => terminate(child);
  const timer = timeoutMs && setTimeout(() => ((timedOut = true), end()), timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      stderr.add(error.message);
      resolve(null);
    });
    child.once('close', resolve);
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  if (signal?.aborted) throw setupCancelled(signal);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), timedOut };
}

/** Keep the tail of a stream and hand its lines on. */
function collect(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void) {
  let kept = '';
  const add = (line: string) => {
    kept = `${kept}${line}\n`.slice(-outputLimit);
    onLine?.(line);
  };
  if (stream) createInterface({ input: stream }).on('line', add);
  return { add, text: () => kept };
}

function terminate(child: ReturnType<typeof spawn>): void {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  child.once('close', () => clearTimeout(force));
}
