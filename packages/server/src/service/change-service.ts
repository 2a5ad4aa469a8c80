import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineClientError } from '@mlx/schemas';
import { runStep } from './run-step.js';
import type { ServiceDefinition, ServiceManager } from './service-manager.js';

export interface ServiceStatus {
  readonly manager: string;
  readonly file: string;
  readonly installed: boolean;
  readonly running: boolean;
  readonly logs: string;
}

/**
 * Writes the file and starts the service, anew where it runs.
 *
 * @throws EngineClientError RuntimeError where it was written and cannot be started.
 */
export function installService(
  manager: ServiceManager,
  definition: ServiceDefinition,
  start: boolean,
): void {
  const known = existsSync(manager.file);
  mkdirSync(dirname(manager.file), { recursive: true });
  writeFileSync(manager.file, manager.render(definition));
  if (!start) return;
  // launchd refuses to start what it knows already.
  if (known && manager.name === 'launchd') for (const step of manager.stop) runStep(step);
  for (const step of manager.start) {
    const { ok, output } = runStep(step);
    if (ok) continue;
    throw new EngineClientError(
      'RuntimeError',
      `${manager.file} is written, and ${manager.name} does not start it: \`${step.join(' ')}\` says: ${output}. ` +
        'In a container, run `mlx-serve serve` as its program instead.',
    );
  }
}

/** Ends the service and removes its file; false where there was none. */
export function uninstallService(manager: ServiceManager): boolean {
  const known = existsSync(manager.file);
  if (!known) return false;
  for (const step of manager.stop) runStep(step);
  rmSync(manager.file, { force: true });
  for (const step of manager.forget) runStep(step);
  return true;
}

export function serviceStatus(manager: ServiceManager): ServiceStatus {
  const installed = existsSync(manager.file);
  return {
    manager: manager.name,
    file: manager.file,
    installed,
    running: installed && runStep(manager.isRunning).ok,
    logs: manager.logs,
  };
}
