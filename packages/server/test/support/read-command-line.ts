import type { Command } from 'commander';
import { createProgram } from '../../src/cli/run-cli.js';

/** `mlx-serve`, which does nothing of what it reads. */
function program(): Command {
  const command = createProgram(new AbortController().signal);
  disarm(command);
  return command;
}

/** Reads a command line as `mlx-serve` does, and throws what it would refuse. */
export function readCommandLine(words: readonly string[]): void {
  const isDefault = words[0]?.startsWith('-') ?? true;
  program().parse(isDefault ? ['serve', ...words] : [...words], { from: 'user' });
}

/** Every long option that any of its commands takes. */
export function knownOptions(): ReadonlySet<string> {
  return new Set(optionsOf(program()));
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return [...own, '--help', ...command.commands.flatMap(optionsOf)];
}

function disarm(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const child of command.commands) disarm(child);
}
