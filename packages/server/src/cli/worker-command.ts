import { EngineClientError } from '@mlx/schemas';
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
  readonly onDemand?: boolean;
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
    .option('--on-demand', 'load nothing at the start: gateways ask for what they need')
    .addOption(configOption())
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .action(work);
}

/** What is loaded when it is asked for has to be allowed to, and comes without a draft model. */
function refuseContradictions({ onDemand, draftModel }: WorkerFlags, allowed: boolean): void {
  if (onDemand !== true) return;
  if (draftModel.length > 0) throw contradiction('--draft-model, which needs its model in memory');
  if (!allowed) throw contradiction("model.load_on_demand: 'never'");
}

const contradiction = (other: string) =>
  new EngineClientError('InvalidParams', `--on-demand cannot be combined with ${other}`);

async function work(flags: WorkerFlags): Promise<void> {
  const loaded = readConfig(flags.config);
  const { config } = loaded;
  refuseContradictions(flags, config.model.load_on_demand !== 'never');
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
    atStart: flags.onDemand !== true,
    models: withAdapters(pairDrafts(models, flags.draftModel), flags.adapter),
    config,
    logger,
    stop: firstStopSignal(logger),
  });
}
