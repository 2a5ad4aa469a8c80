import { isEngineClientError } from '@mlx/schemas';
import { Command, CommanderError } from 'commander';
import { configCommand } from './config-command.js';
import { doctorCommand } from './doctor-command.js';
import { modelsCommand } from './models-command.js';
import { serveCommand } from './serve-command.js';
import { topCommand } from './top-command.js';
import { version } from '../version.js';

const FAILURE = 1;

/** Runs the command line and returns the process's exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('mlx-serve')
    .description('Serve MLX language models over an OpenAI-compatible HTTP API.')
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addCommand(serveCommand(), { isDefault: true })
    .addCommand(doctorCommand())
    .addCommand(modelsCommand())
    .addCommand(topCommand())
    .addCommand(configCommand());
  for (const command of program.commands) inheritExitOverride(command);
  try {
    await program.parseAsync(argv);
    // A command that found something wrong says so without throwing.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`${explain(error)}\n`);
    return FAILURE;
  }
}

function inheritExitOverride(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) inheritExitOverride(child);
}

/** Errors made for people come without a stack; the others are bugs and need theirs. */
function explain(error: unknown): string {
  if (isEngineClientError(error)) return `mlx-serve: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
