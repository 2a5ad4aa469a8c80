import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { setupError } from './errors.js';
import { findExecutable } from './process/find-executable.js';

export const backends = ['apple', 'cpu', 'cuda13'] as const;

/** Which build of MLX an environment holds. */
export type Backend = (typeof backends)[number];

/** CUDA 13 needs a driver of this series or newer. */
const oldestCudaDriver = 580;
const driverFile = '/proc/driver/nvidia/version';
const wslFolder = '/usr/lib/wsl/lib';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
}

/** The build of MLX for this machine; MLX_BACKEND overrides. */
export function detectBackend(
  variables: NodeJS.ProcessEnv,
  machine: Machine = process,
  driverVersion = nvidiaDriverVersion,
): Backend {
  const wanted = variables['MLX_BACKEND'];
  if (wanted) return parseBackend(wanted);
  if (machine.platform === 'darwin' && machine.arch === 'arm64') return 'apple';
  if (machine.platform === 'linux' && ['x64', 'arm64'].includes(machine.arch)) {
    return (driverVersion(variables) ?? 0) >= oldestCudaDriver ? 'cuda13' : 'cpu';
  }
  throw setupError(
    'platform-unsupported',
    `MLX runs on Apple silicon and on 64-bit Linux, not on ${machine.platform} ${machine.arch}` +
      (machine.platform === 'win32' ? '; use WSL2' : '') +
      (machine.platform === 'darwin' ? '; on Apple silicon, use an arm64 build of Node' : ''),
  );
}

function parseBackend(wanted: string): Backend {
  const found = backends.find((backend) => backend === wanted);
  if (found) return found;
  throw setupError(
    'backend-unknown',
    `MLX_BACKEND is '${wanted}'; it can be ${backends.join(', ')}, or unset to detect it`,
  );
}

/** Series of the NVIDIA driver, such as 580; undefined where there is no working one. */
export function nvidiaDriverVersion(variables: NodeJS.ProcessEnv): number | undefined {
  if (existsSync(driverFile)) return driverSeries(readFileSync(driverFile, 'utf8'));
  const command = findNvidiaSmi(variables);
  if (!command) return undefined;
  const query = ['--query-gpu=driver_version', '--format=csv,noheader'];
  const result = spawnSync(command, query, { encoding: 'utf8', timeout: 5000 });
  return result.status === 0 ? driverSeries(result.stdout) : undefined;
}

export function findNvidiaSmi(variables: NodeJS.ProcessEnv): string | undefined {
  const path = `${variables['PATH'] ?? ''}:${wslFolder}`;
  return findExecutable('nvidia-smi', { PATH: path });
}

/** '… Kernel Module  580.65.06  …' or '580.65.06' -> 580. */
export function driverSeries(text: string): number | undefined {
  const match = /\b(\d{3,4})\.\d+(\.\d+)?\b/.exec(text);
  return match ? Number(match[1]) : undefined;
}
