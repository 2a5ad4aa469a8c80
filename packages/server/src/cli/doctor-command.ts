import { Command } from 'commander';
import { examine } from '../doctor/examine.js';
import { hostOption, modelOption, portOption } from './options.js';

interface DoctorOptions {
  readonly host: string;
  readonly port: number;
  readonly model: readonly string[];
}

/** `doctor`: says what is wrong with an installation and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check Python, MLX, model, memory and port; change nothing.')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(modelOption())
    .action(async ({ host, port, model }: DoctorOptions) => {
      for await (const { name, ok, detail } of examine({ host, port, model: model[0] ?? '' })) {
        console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(7)} ${detail}`);
        if (!ok) process.exitCode = 1;
      }
    });
}
