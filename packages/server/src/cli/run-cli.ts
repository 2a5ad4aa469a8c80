import {
  abortOnSignals,
  addEngineCommands,
  exitCodeOf,
  plainMessage,
  readHelp,
} from '@mlx/engine/cli';
import { requireNode } from '@mlx/engine/setup';
import { isEngineClientError } from '@mlx/schemas';
import { Command, CommanderError } from 'commander';
import { completionCommand } from './completion-command.js';
import { configCommand } from './config-command.js';
import { doctorCommand } from './doctor-command.js';
import { modelCommands } from './model-commands.js';
import { readConfig } from './read-config.js';
import { runCommand } from './run-command.js';
import { serveCommand } from './serve-command.js';
import { serviceCommand } from './service-command.js';
import { topCommand } from './top-command.js';
import { workerCommand } from './worker-command.js';
import { version } from '../version.js';

const FAILURE = 1;
const WRONG_USE = 2;
/** These deal with signals themselves: a server drains, a chat stops its answer, a table gives the screen back. */
const OWN_SIGNALS: ReadonlySet<string> = new Set(['serve', 'worker', 'run', 'top']);

/** Runs the command line and returns the process's exit code: 0, 1 failure, 2 wrong use, 128 + signal. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const [node = '', script = '', ...given] = argv;
  const args = withDefaultCommand(given);
  const interruption = OWN_SIGNALS.has(args[0] ?? '') ? undefined : abortOnSignals();
  const signal = interruption?.signal ?? new AbortController().signal;
  try {
    const program = createProgram(signal);
    dropEmptyVariables(program);
    await program.parseAsync([node, script, ...readHelp(program, args)]);
    // A command that found something wrong says so without throwing.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE;
    if (signal.aborted) return exitCodeOf(signal);
    process.stderr.write(`${explain(error)}\n`);
    return FAILURE;
  } finally {
    interruption?.release();
  }
}

/** All commands; tests read documents with it. */
export function createProgram(signal: AbortSignal): Command {
  const { stdout, stderr, env: variables } = process;
  const program = new Command('mlx-serve')
    .description('Serve MLX language models over HTTP, and keep them. Without a command: serve.')
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    // The doctor runs anywhere: it tells what is wrong.
    .hook('preAction', (_program, action) => {
      if (action.name() !== 'doctor') requireNode();
    })
    .addCommand(serveCommand())
    .addCommand(workerCommand())
    .addCommand(runCommand());
  addEngineCommands(program, { stdout, stderr, variables, signal, modelsFolder });
  for (const command of modelCommands(signal)) program.addCommand(command);
  program
    .addCommand(topCommand())
    .addCommand(serviceCommand())
    .addCommand(doctorCommand())
    .addCommand(configCommand())
    .addCommand(completionCommand(program));
  finish(program, program.name());
  return program;
}

const modelsFolder = () => readConfig().config.cache.cache_dir;

/** Options alone are those of `serve`. */
function withDefaultCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const isOwn = first !== undefined && ['-h', '--help', '-V', '--version'].includes(first);
  return first === undefined || (first.startsWith('-') && !isOwn) ? ['serve', ...args] : args;
}

/** What commands that are added do not take over from their parent. */
function finish(command: Command, line: string): void {
  command.exitOverride().showHelpAfterError(`(${line} --help tells what there is)`);
  for (const child of command.commands) finish(child, `${line} ${child.name()}`);
}

/** A variable that is set to nothing, as compose files and shells do, says nothing. */
function dropEmptyVariables(command: Command): void {
  for (const option of command.options) {
    const { envVar } = option;
    if (envVar !== undefined && process.env[envVar] === '') delete process.env[envVar];
  }
  for (const child of command.commands) dropEmptyVariables(child);
}

/** Errors made for people come without a stack; the others are bugs and need theirs. */
function explain(error: unknown): string {
  if (isEngineClientError(error)) return `mlx-serve: ${plainMessage(error)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
