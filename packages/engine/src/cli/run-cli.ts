import { Command, CommanderError } from 'commander';
import { isEngineClientError } from '@mlx/schemas';
import { requireNode } from '../setup/node-version.js';
import { abortOnSignals, exitCodeOf } from './abort-on-signals.js';
import { addEngineCommands } from './add-commands.js';
import { plainMessage } from './plain-message.js';
import { readHelp } from './read-help.js';
import { version } from '../version.js';
import type { CliContext, CommandContext } from './cli-context.js';

/** Run one command line; returns the exit code: 0, 1 failure, 2 wrong usage, 128 + signal. */
export async function runCli(
  args: readonly string[],
  context: CliContext = { stdout: process.stdout, stderr: process.stderr, variables: process.env },
): Promise<number> {
  const interruption = abortOnSignals();
  try {
    const command = program({ ...context, signal: interruption.signal });
    await command.parseAsync(readHelp(command, args), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (interruption.signal.aborted) return exitCodeOf(interruption.signal);
    if (!isEngineClientError(error)) throw error;
    context.stderr.write(`mlx-engine: ${plainMessage(error)}\n`);
    return 1;
  } finally {
    interruption.release();
  }
}

function program(context: CommandContext): Command {
  const command = new Command('mlx-engine')
    .description('Set up what MLX models need on this machine, and fetch models.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(mlx-engine --help tells what there is)')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText('after', environmentHelp)
    .hook('preAction', requireNode);
  addEngineCommands(command, context);
  return command;
}

const environmentHelp = `
Environment:
  MLX_SERVE_HOME  where the Python environment and models are kept (~/.cache/mlx-serve)
  MLX_PYTHON      the Python 3.10 or newer to use (the first one on PATH)
  MLX_BACKEND     apple, cpu or cuda13 (detected)
  MLX_INSTALLER   uv or pip (uv where it is on PATH)
  HF_TOKEN        access token for gated models
  NO_COLOR        no colours

Examples:
  mlx-engine setup
  mlx-engine setup --model HuggingFaceTB/SmolLM2-135M-Instruct
  mlx-engine pull mlx-community/Qwen3-4B-4bit`;
