import { spawnSync } from 'node:child_process';
import type { ServiceStep } from './service-manager.js';

export interface StepResult {
  readonly ok: boolean;
  /** What it said, in one text. */
  readonly output: string;
}

/** Runs one command of a service manager to its end. */
export function runStep([program, ...args]: ServiceStep): StepResult {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) return { ok: false, output: error.message };
  return { ok: status === 0, output: `${stdout}${stderr}`.trim() };
}
