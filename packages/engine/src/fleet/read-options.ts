import { FleetOptionsSchema, type FleetOptions, type FleetOptionsInput } from '@mlx/schemas/fleet';
import { validate } from '../support/validate.js';

/** The options behind an address alone, too. Throws InvalidParams. */
export function readFleetOptions(fleet: string | FleetOptionsInput): FleetOptions {
  return validate(FleetOptionsSchema, typeof fleet === 'string' ? { servers: fleet } : fleet);
}
