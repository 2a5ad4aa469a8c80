import { spawnSync } from 'node:child_process';
import { findNvidiaSmi } from './backend.js';

const MIB = 1024 ** 2;
const told = new Map<string, number | undefined>();

/**
 * Bytes of memory of the CUDA device that models run on, the first that is
 * visible; undefined where the driver does not tell. It is asked once.
 */
export function cudaMemory(variables: NodeJS.ProcessEnv): number | undefined {
  const [device = '0'] = (variables['CUDA_VISIBLE_DEVICES'] ?? '0').split(',');
  const key = `${variables['PATH']}\0${device}`;
  if (!told.has(key)) told.set(key, ask(variables, device.trim()));
  return told.get(key);
}

function ask(variables: NodeJS.ProcessEnv, device: string): number | undefined {
  const command = findNvidiaSmi(variables);
  if (!command) return undefined;
  const query = ['--query-gpu=memory.total', '--format=csv,noheader,nounits', '-i', device];
  const { status, stdout } = spawnSync(command, query, { encoding: 'utf8', timeout: 5000 });
  const mebibytes = Number(stdout?.trim() || NaN);
  return status === 0 && mebibytes > 0 ? mebibytes * MIB : undefined;
}
