import type { Command } from 'commander';
import { inspectModel, type InspectedModel } from '../setup/model/inspect-model.js';
import type { CommandContext } from './cli-context.js';
import { formatBytes, formatCount, formatJson, formatTable } from './format.js';
import { modelsFolderOf } from './list-command.js';

interface ShowFlags {
  readonly json?: boolean;
  readonly template?: boolean;
}

export function addShowCommand(program: Command, context: CommandContext): void {
  program
    .command('show')
    .description('tell what a model is, what it can do and what memory it takes')
    .argument('<model>', 'a name that `ls` lists, or a directory')
    .option('--template', 'print its chat template')
    .option('--json', 'print JSON')
    .action((name: string, flags: ShowFlags) => show(name, flags, context));
}

async function show(name: string, flags: ShowFlags, context: CommandContext): Promise<void> {
  const { variables, stdout } = context;
  const model = await inspectModel(name, { variables, ...modelsFolderOf(context) });
  if (flags.json) stdout.write(formatJson(model));
  else if (flags.template) stdout.write(`${model.template ?? ''}\n`);
  else stdout.write(formatTable(toRows(model)));
}

function toRows(model: InspectedModel): string[][] {
  const { provenance, samplingDefaults } = model;
  return [
    ['Model', model.id],
    ['Directory', model.directory],
    ...(provenance
      ? [
          [
            'From',
            [provenance.kind, provenance.source, provenance.commit].filter(Boolean).join(' '),
          ],
        ]
      : []),
    ['Architecture', model.architecture],
    ['Parameters', formatCount(model.parameterCount)],
    [
      'Weights',
      `${model.bits === undefined ? 'dense' : `${model.bits}-bit`}, ${formatBytes(model.weightBytes)} on disk`,
    ],
    ['Context', model.contextLength === undefined ? 'not said' : `${model.contextLength} tokens`],
    ['Can do', model.capabilities.join(', ')],
    [
      'Memory',
      `${formatBytes(model.memoryBytes)} of weights (${model.backend}, ${model.memoryBits} bits), ` +
        `${formatBytes(model.cacheBytesPerThousandTokens)} for a thousand tokens of context`,
    ],
    ...Object.entries(samplingDefaults).map(([key, value]) => [key, String(value)]),
  ];
}
