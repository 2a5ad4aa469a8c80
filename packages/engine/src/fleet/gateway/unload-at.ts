import type { Bus } from '../nats/bus.js';
import { workerSubject } from '../nats/subjects.js';

const UNLOAD_TIMEOUT_MS = 30_000;

/** Has a worker take a model out of its memory; rejects where it does not. */
export async function unloadAt(bus: Bus, worker: string, model: string): Promise<void> {
  await bus.request(`${workerSubject(bus.prefix, worker)}.unload`, model, UNLOAD_TIMEOUT_MS);
}
