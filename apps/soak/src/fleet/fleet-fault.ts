import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsServer } from '../../../../packages/engine/test/fleet/support/nats-server.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * - `kill`: SIGKILL of a worker, which is started anew.
 * - `freeze`: SIGSTOP of a worker, until it was taken for dead and longer.
 * - `drain`: SIGTERM of a worker, which is started anew when it has left.
 * - `freeze-server`: SIGSTOP of the NATS server for as long.
 * - `restart-server`: SIGKILL of the server, which is started anew at once.
 */
export const fleetFaults = ['kill', 'freeze', 'drain', 'freeze-server', 'restart-server'] as const;
export type FleetFault = (typeof fleetFaults)[number];

const FROZEN_MS = 3000;

/** Makes a fault happen, and resolves when all is as before. */
export async function injectInFleet(
  fault: FleetFault,
  worker: WorkerProcess,
  server: NatsServer,
): Promise<void> {
  switch (fault) {
    case 'kill':
    case 'drain':
      worker.signal(fault === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await worker.exited();
      return worker.start();
    case 'freeze':
      worker.signal('SIGSTOP');
      await sleep(FROZEN_MS);
      worker.signal('SIGCONT');
      return;
    case 'freeze-server':
      server.freeze();
      await sleep(FROZEN_MS);
      server.thaw();
      return;
    case 'restart-server':
      await server.kill();
      return server.start();
    default:
      fault satisfies never;
  }
}
