import { Command } from 'commander';
import { createLogger } from '../logger.js';
import { pairDrafts, withAdapters } from '../serve/model-choice.js';
import { requireDifferentNames } from '../serve/model-source.js';
import { requireModels } from '../serve/require-models.js';
import { readFleet } from '../serve/read-fleet.js';
import { runWorker } from '../serve/run-worker.js';
import { firstStopSignal } from '../serve/shutdown.js';
import { logFormatOf } from './log-format.js';
import {
  adapterOption,
  configOption,
  draftModelOption,
  fleetOption,
  logFormatOption,
  logLevelOption,
  modelOption,
  type LogFlags,
} from './options.js';
import { readConfig } from './read-config.js';
import { serverSettings } from './server-settings.js';

interface WorkerFlags extends LogFlags {
  readonly fleet: string;
  readonly name?: string;
  readonly model?: readonly string[];
  readonly draftModel: readonly string[];
  readonly adapter: readonly string[];
  readonly config?: string;
}

/** `worker`: this machine's models for the gateways of a fleet. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('load models and serve them to the gateways of a fleet until interrupted')
    .addOption(fleetOption().makeOptionMandatory())
    .option('--name <name>', "what people call this worker (default: the machine's name)")
    .addOption(modelOption())
    .addOption(draftModelOption())
    .addOption(adapterOption())
    .addOption(configOption())
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .action(work);
}

async function work(flags: WorkerFlags): Promise<void> {
  const loaded = readConfig(flags.config);
  const { config } = loaded;
  const { models } = serverSettings(loaded, flags.model ? { model: flags.model } : {});
  requireDifferentNames(models);
  await requireModels([...models, ...flags.draftModel]);
  const fleet = readFleet(flags.fleet);
  const logger = createLogger({
    ...config.logging,
    level: flags.logLevel ?? config.logging.level,
    format: flags.logFormat ?? logFormatOf(loaded),
  });
  await runWorker({
    fleet: flags.name === undefined ? fleet : { ...fleet, name: flags.name },
    models: withAdapters(pairDrafts(models, flags.draftModel), flags.adapter),
    config,
    logger,
    stop: firstStopSignal(logger),
  });
}
