import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { atMost } from '../../measure/measurement.ts';
import { startOurServer } from '../../peers/our-server.ts';
import type { Benchmark } from '../benchmark.ts';
import { interruptedStreams } from './interrupted-streams.ts';
import { isAlive } from './is-alive.ts';

const STREAMS = 4;
/** After this long a process counts as left behind. */
const PATIENCE_MS = 5000;
const POLL_MS = 10;

/** What is left of the processes below a server that is killed in the middle of its work. */
export const killParent: Benchmark = {
  id: 'kill-parent',
  async measure({ rounds, progress, contenders }) {
    const deaths: OrphanedDeath[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`killing the parent of working sidecars: ${round + 1} of ${rounds}`);
      deaths.push(await killWorkingParent(contenders.modelId));
    }
    const title = `parent killed under ${STREAMS} streams, ${rounds} times`;
    return [
      {
        kind: 'reading',
        id: 'orphans',
        title: `${title}: processes alive after ${PATIENCE_MS / 1000} s`,
        unit: 'processes',
        bar: atMost(0),
        values: [deaths.reduce((sum, { left }) => sum + left, 0)],
      },
      {
        kind: 'reading',
        id: 'orphaned-for',
        title: 'the same: until the last of them was gone, slowest',
        unit: 'ms',
        bar: atMost(PATIENCE_MS),
        values: [Math.max(...deaths.map(({ ms }) => ms))],
      },
    ];
  },
};

export interface OrphanedDeath {
  /** Processes below the parent when it was killed. */
  readonly children: number;
  /** Those still alive when patience ended. */
  readonly left: number;
  /** From the kill to the end of the last of them, or to the end of patience. */
  readonly ms: number;
}

/** Starts a server, kills it while its sidecar computes, and waits for its children to follow. */
export async function killWorkingParent(modelId: string): Promise<OrphanedDeath> {
  await using server = await startOurServer(modelId);
  const parent = (await server.inspect()).node.pid;
  const streams = interruptedStreams(server.endpoint, STREAMS, 'orphan');
  await streams.running;
  const children = await childrenOf(parent);
  const killedAt = performance.now();
  process.kill(parent, 'SIGKILL');
  const left = (): number => children.filter(isAlive).length;
  while (left() > 0 && performance.now() - killedAt < PATIENCE_MS) await sleep(POLL_MS);
  const ms = performance.now() - killedAt;
  await streams.ended;
  return { children: children.length, left: left(), ms };
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid] : []));
}
