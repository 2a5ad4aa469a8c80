import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { pruneModels, removeModel } from '../setup/store/remove-models.js';
import type { CommandContext } from './cli-context.js';
import { formatBytes, formatJson } from './format.js';
import { modelsFolderOf } from './list-command.js';

interface Flags {
  readonly json?: boolean;
}

interface PruneFlags extends Flags {
  readonly maxSize?: number;
  readonly maxAge?: number;
}

export function addRemoveCommands(program: Command, context: CommandContext): void {
  program
    .command('rm')
    .description('remove models that are kept on this machine')
    .argument('<model...>', 'names that `ls` lists')
    .option('--json', 'print JSON')
    .action((names: string[], flags: Flags) => remove(names, flags, context));
  program
    .command('prune')
    .description('remove what downloads left, and the models that were not used for longest')
    .option('--max-size <size>', 'bytes to keep, such as 50GB (default: all)', parseSize)
    .option('--max-age <days>', 'days without use to keep (default: all)', parseDays)
    .option('--json', 'print JSON')
    .action((flags: PruneFlags) => prune(flags, context));
}

async function remove(
  names: readonly string[],
  { json }: Flags,
  context: CommandContext,
): Promise<void> {
  const { variables, signal, stdout } = context;
  const removed: { id: string; bytes: number }[] = [];
  for (const id of names) {
    const bytes = await removeModel(id, { variables, signal, ...modelsFolderOf(context) });
    removed.push({ id, bytes });
    if (!json) stdout.write(`Removed ${id} (${formatBytes(bytes)})\n`);
  }
  if (json) stdout.write(formatJson(removed));
}

async function prune(
  { maxSize = Infinity, maxAge = Infinity, json }: PruneFlags,
  context: CommandContext,
): Promise<void> {
  const { variables, signal, stdout } = context;
  const limits = { maxBytes: maxSize, maxAgeDays: maxAge, policy: 'lru' } as const;
  const removed = await pruneModels(limits, { variables, signal, ...modelsFolderOf(context) });
  if (json) stdout.write(formatJson(removed));
  else if (removed.length === 0) stdout.write('Nothing to remove\n');
  else for (const id of removed) stdout.write(`Removed ${id}\n`);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

function parseSize(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError('It must be like 50GB.');
  }
  return Number(amount) * factor;
}

function parseDays(text: string): number {
  const [, days] = /^(\d+)d?$/.exec(text) ?? [];
  if (days === undefined) throw new InvalidArgumentError('It must be a number of days.');
  return Number(days);
}
