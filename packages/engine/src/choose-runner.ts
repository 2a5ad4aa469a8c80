import type { RuntimeConfig } from '@mlx/schemas/config';
import type { EngineOptions } from './engine-options.js';
import { FleetRunner } from './fleet/gateway/fleet-runner.js';
import { readFleetOptions } from './fleet/read-options.js';
import { PythonRunner } from './runner/python-runner.js';
import type { Runner } from './runner/runner.js';
import { invalidParameter } from './support/errors.js';

/** The machine's own processes, those of a fleet, or what the caller brings. */
export function chooseRunner(
  { runner, fleet, setup }: EngineOptions,
  config: RuntimeConfig,
): Runner {
  if (fleet === undefined) return runner ?? new PythonRunner(config, setup);
  if (runner !== undefined) throw invalidParameter('fleet', 'Cannot be combined with runner');
  return new FleetRunner(readFleetOptions(fleet), config);
}
