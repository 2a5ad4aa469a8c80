import { hostname } from 'node:os';
import type { FleetOptions } from '@mlx/schemas/fleet';

const LONGEST = 40;

/** What a worker or a gateway is called, and what its rights are given by. */
export function ownName({ name }: Pick<FleetOptions, 'name'>): string {
  return (
    name ??
    (hostname()
      .replaceAll(/[^\w-]/g, '-')
      .slice(0, LONGEST) ||
      'unnamed')
  );
}
