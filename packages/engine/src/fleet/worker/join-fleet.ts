import { randomUUID } from 'node:crypto';
import type { FleetOptionsInput } from '@mlx/schemas/fleet';
import type { Engine } from '../../engine.js';
import { servicesOf } from '../../engine-services.js';
import { Bus } from '../nats/bus.js';
import { ownName } from '../own-name.js';
import { readFleetOptions } from '../read-options.js';
import type { FleetMembership } from './membership.js';
import { Worker } from './worker.js';

/**
 * Serves the engine's models to the gateways of a fleet. What it loads, and may load for them, is
 * the engine's configuration's; gateways send requests, and nothing that they send names a file.
 *
 * @param fleet the address of a NATS server, or the options of the connection
 * @throws EngineClientError InvalidParams
 */
export function joinFleet(engine: Engine, fleet: string | FleetOptionsInput): FleetMembership {
  const options = readFleetOptions(fleet);
  const name = ownName(options);
  const id = `${name}.${randomUUID().replaceAll('-', '')}`;
  const bus = new Bus(options, `mlx worker ${name}`);
  return new Worker({ id, name, bus, options, services: servicesOf(engine) });
}
