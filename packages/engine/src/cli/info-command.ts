import type { Command } from 'commander';
import { resolvePythonEnvironment } from '../setup/python-environment.js';
import type { CommandContext } from './cli-context.js';

export function addInfoCommand(program: Command, context: CommandContext): void {
  program
    .command('info')
    .description('show the Python environment that would be used')
    .option('--json', 'print JSON')
    .action((flags: { json?: boolean }) => info(flags.json ?? false, context));
}

function info(asJson: boolean, { stdout, variables }: CommandContext): void {
  const environment = resolvePythonEnvironment({ variables });
  if (asJson) {
    stdout.write(`${JSON.stringify(environment, null, 2)}\n`);
    return;
  }
  stdout.write(`Python    ${environment.version} (${environment.python})\n`);
  stdout.write(`Backend   ${environment.backend}\n`);
  stdout.write(`Fast BLAS ${environment.fastBlas ? 'yes' : 'no'}\n`);
  stdout.write(`Images    ${environment.seesImages ? 'yes' : 'no: `setup --vision` adds it'}\n`);
}
