import type { Command } from 'commander';
import {
  describeMachine,
  fitModel,
  largestModels,
  type Fit,
  type Machine,
  type ModelFit,
} from '../setup/model/fit-model.js';
import type { CommandContext } from './cli-context.js';
import { formatBytes, formatCount, formatJson, formatTable } from './format.js';
import { modelsFolderOf } from './list-command.js';

/** Names to paste, by the number of their parameters, the largest first. */
const SUGGESTIONS = [
  { parameters: 70e9, name: 'mlx-community/Llama-3.3-70B-Instruct' },
  { parameters: 32e9, name: 'mlx-community/Qwen3-32B' },
  { parameters: 14e9, name: 'mlx-community/Qwen3-14B' },
  { parameters: 8e9, name: 'mlx-community/Qwen3-8B' },
  { parameters: 4e9, name: 'mlx-community/Qwen3-4B' },
  { parameters: 1.7e9, name: 'mlx-community/Qwen3-1.7B' },
  { parameters: 0.6e9, name: 'mlx-community/Qwen3-0.6B' },
] as const;

export function addFitCommand(program: Command, context: CommandContext): void {
  program
    .command('fit')
    .description('tell which models fit this machine, or how one of them does')
    .argument('[model]', 'a name that `ls` lists, or a directory')
    .option('--json', 'print JSON')
    .action((model: string | undefined, flags: { json?: boolean }) =>
      fit(model, flags.json ?? false, context),
    );
}

async function fit(
  name: string | undefined,
  json: boolean,
  context: CommandContext,
): Promise<void> {
  const { variables, stdout } = context;
  const options = { variables, ...modelsFolderOf(context) };
  const machine = describeMachine(options);
  const largest = largestModels(machine);
  const model = name === undefined ? undefined : await fitModel(name, options);
  if (json) stdout.write(formatJson({ machine, largest, ...(model ? { model } : {}) }));
  else stdout.write(`${machineText(machine)}\n${model ? modelText(model) : largestText(machine)}`);
}

function machineText({ backend, memoryBytes, usableBytes }: Machine): string {
  return `This machine: ${backend}, ${formatBytes(memoryBytes)}, of which models may take ${formatBytes(usableBytes)}.\n`;
}

function largestText(machine: Machine): string {
  const rows = largestModels(machine).map(({ quantisation, parameters }) => {
    const fitting = SUGGESTIONS.find((suggestion) => suggestion.parameters <= parameters);
    return [quantisation, `up to ${formatCount(parameters)}`, fitting?.name ?? ''];
  });
  const note =
    machine.backend === 'cpu'
      ? '\nA CPU computes in 32 bits: weights become so where they fit, and stay quantised where they do not.\n'
      : '\nFewer bits leave more room for context and are faster; 4-bit is where to start.\n';
  return formatTable([['WEIGHTS', 'PARAMETERS', 'SUCH AS'], ...rows]) + note;
}

function modelText({
  id,
  parameterCount,
  contextLength,
  cacheBytesPerThousandTokens,
  loaded,
  fits,
}: ModelFit): string {
  const rows = fits.map((each) => [
    each.quantisation,
    formatBytes(each.weightBytes),
    roomText(each),
  ]);
  return (
    `${id}: ${formatCount(parameterCount)} parameters, a context of ${contextLength ?? 'unknown'} tokens, ` +
    `${formatBytes(cacheBytesPerThousandTokens)} for a thousand of them.\n` +
    `Alone on this machine its weights are loaded in ${loaded.bits} bits: ` +
    `${formatBytes(loaded.weightBytes)}, ${loaded.fits ? 'room for ' : ''}${roomText(loaded)}.\n\n` +
    formatTable([['VERSION', 'MEMORY', 'ROOM FOR'], ...rows])
  );
}

const roomText = ({ fits, contextTokens }: Omit<Fit, 'quantisation'>) =>
  fits ? `${Math.floor(contextTokens)} tokens` : 'does not fit';
