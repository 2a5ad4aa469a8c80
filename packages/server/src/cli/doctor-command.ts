import { formatJson } from '@mlx/engine/cli';
import { Command } from 'commander';
import type { Finding } from '../doctor/check.js';
import { examine } from '../doctor/examine.js';
import { readConfig } from './read-config.js';
import { serverSettings } from './server-settings.js';
import { configOption, hostOption, modelOption, portOption } from './options.js';

interface DoctorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly model?: readonly string[];
  readonly config?: string;
  readonly json: boolean;
}

/** `doctor`: says what is wrong with an installation and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check Python, MLX, models, memory and port; change nothing')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(modelOption())
    .addOption(configOption())
    .option('--json', 'print JSON', false)
    .action(async ({ json, config: file, ...flags }: DoctorOptions) => {
      const findings: Finding[] = [];
      for await (const finding of examine(serverSettings(readConfig(file), flags))) {
        findings.push(finding);
        if (!json) console.log(lineOf(finding));
      }
      if (json) process.stdout.write(formatJson(findings));
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

const lineOf = ({ name, ok, detail }: Finding) =>
  `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(7)} ${detail}`;
