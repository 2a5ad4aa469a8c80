export { joinFleet } from './worker/join-fleet.js';
export type { FleetMembership } from './worker/membership.js';
export { readFleetOptions } from './read-options.js';
export type { FleetOptions, FleetOptionsInput } from '@mlx/schemas/fleet';
