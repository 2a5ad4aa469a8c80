import type { Command } from 'commander';

/**
 * What commander is to read: `help config check` as `config check --help`, and a command that
 * there is not without what stands behind it, so that it is named. Commander itself shows what
 * else there is, and calls that a success where `--help` stood behind the name.
 */
export function readHelp(program: Command, args: readonly string[]): readonly string[] {
  const path: string[] = [];
  let command = program;
  let asksHelp = false;
  for (const [index, name] of args.entries()) {
    if (command.commands.length === 0 || name.startsWith('-')) {
      return asksHelp ? [...path, '--help'] : [...path, ...args.slice(index)];
    }
    if (name === 'help') {
      asksHelp = true;
      continue;
    }
    path.push(name);
    const named = command.commands.find(
      (child) => child.name() === name || child.aliases().includes(name),
    );
    if (named === undefined) return path;
    command = named;
  }
  return asksHelp ? [...path, '--help'] : path;
}
