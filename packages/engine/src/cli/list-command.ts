import type { Command } from 'commander';
import { listKeptModels, type ListedModel } from '../setup/model/inspect-model.js';
import type { CommandContext } from './cli-context.js';
import { formatBytes, formatCount, formatDuration, formatJson, formatTable } from './format.js';

interface ListFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const HEADER = ['NAME', 'SIZE', 'PARAMETERS', 'WEIGHTS', 'CONTEXT', 'CAN', 'USED', 'FROM'];

export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command('ls')
    .aliases(['list', 'models'])
    .description('list the models that are kept on this machine')
    .option('--json', 'print JSON')
    .option('-q, --quiet', 'names only')
    .action((flags: ListFlags) => list(flags, context));
}

async function list({ json, quiet }: ListFlags, context: CommandContext): Promise<void> {
  const { variables, stdout, stderr } = context;
  const models = await listKeptModels({ variables, ...modelsFolderOf(context) });
  if (json) stdout.write(formatJson(models));
  else if (quiet) for (const { id } of models) stdout.write(`${id}\n`);
  else if (models.length === 0) stderr.write('None yet. Fetch one: mlx-serve pull <owner/name>\n');
  else stdout.write(formatTable([HEADER, ...models.map(toRow)]));
}

function toRow(model: ListedModel): string[] {
  const { id, bytes, parameterCount, bits, contextLength, lastUsedAt, provenance } = model;
  const { capabilities = [] } = model;
  return [
    id,
    formatBytes(bytes),
    parameterCount === undefined ? '' : formatCount(parameterCount),
    bits === undefined ? 'dense' : `${bits}-bit`,
    contextLength === undefined ? '' : String(contextLength),
    capabilities.filter((name) => name !== 'completion' || capabilities.length === 1).join(', '),
    `${formatDuration(Date.now() - lastUsedAt)} ago`,
    provenance ? fromOf(provenance) : '',
  ];
}

const SHORT_COMMIT = 8;

function fromOf({ kind, source, commit }: NonNullable<ListedModel['provenance']>): string {
  return kind === 'huggingface'
    ? `${kind} ${commit?.slice(0, SHORT_COMMIT) ?? ''}`.trimEnd()
    : `${kind} ${source}`;
}

export function modelsFolderOf({ modelsFolder }: CommandContext): { modelsFolder?: string } {
  const folder = modelsFolder?.();
  return folder ? { modelsFolder: folder } : {};
}
