import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { outputOfStep } from './step-output.mjs';
import { root } from './paths.mjs';

/** Variables for commands of the repository: its own tools first, no telemetry. */
export const toolVariables = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};

/** Run a command with our own output, or its step's; resolves with its exit code. */
export function run(command, args, { cwd = root, env = toolVariables } = {}) {
  return new Promise((resolve) => {
    const output = outputOfStep();
    const stream = output ? 'pipe' : 'inherit';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', stream, stream] });
    for (const each of [child.stdout, child.stderr])
      each?.on('data', (bytes) => output.push(bytes));
    child.once('error', (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

/** Run a command and keep what it prints to stdout; its stderr is shown. */
export function capture(command, args, { cwd = root, env = toolVariables } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', () => resolve({ code: 127, output }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
