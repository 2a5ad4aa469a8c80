import type { RuntimeConfig, RuntimeConfigOverrides } from '@mlx/schemas/config';
import { compose } from './compose.js';
import { readConfigFile } from './config-file.js';
import { configError, describeFault, type ConfigFault } from './fault.js';
import { fileLayers, type FileLayers } from './file-layers.js';
import type { Origin } from './origin.js';
import { toLayer, type Layer } from './settings.js';
import { variableMarks } from './variable-marks.js';
import { variablesLayer, type Variables } from './variables.js';

export interface LoadConfigOptions {
  /** Which section of `environments` applies. Default: NODE_ENV. */
  environment?: string;
  /** Values that win over every other layer. */
  overrides?: RuntimeConfigOverrides;
  /** Where `MLX_SERVING__SECTION__KEY` is looked up. Default: process.env. */
  variables?: Variables;
  /** What to do about a key that does not exist. Default: `error`. */
  unknownKeys?: 'error' | 'warn';
  /** Told of every old name and, with `unknownKeys: 'warn'`, of every unknown key. */
  onWarning?: (message: string) => void;
}

export interface LoadedConfig {
  readonly config: RuntimeConfig;
  /** Where each value that is not a default came from, by dotted key. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly warnings: readonly string[];
}

/**
 * The configuration: defaults, then the file, then its section for the
 * environment, then `MLX_SERVING__SECTION__KEY` variables, then `overrides`.
 *
 * @param file A YAML file; without one, or where it does not exist, the other layers count.
 * @throws EngineClientError InvalidParams that lists every fault with file, line,
 *   column and key, or with the name of the variable.
 */
export function loadConfig(file?: string, options: LoadConfigOptions = {}): RuntimeConfig {
  return loadConfigWithOrigins(file, options).config;
}

/** The same, with where each value came from. */
export function loadConfigWithOrigins(
  file?: string,
  options: LoadConfigOptions = {},
): LoadedConfig {
  const { environment = process.env['NODE_ENV'], onWarning = emitWarning } = options;
  const source = file === undefined ? undefined : readConfigFile(file);
  const fromFile = source ? fileLayers(source, environment) : undefined;
  const layers = [
    ...(fromFile ? fromFile.applied : []),
    variablesLayer(options.variables ?? process.env),
    toLayer(options.overrides, () => ({ layer: 'options' })),
  ];
  const everyLayer = [...layers, ...(fromFile?.dormant ?? [])];
  const unknownKeys = everyLayer.flatMap((layer) => layer.unknownKeys);
  const warned = options.unknownKeys === 'warn' ? unknownKeys : [];
  const fatal = options.unknownKeys === 'warn' ? [] : unknownKeys;

  const { config, faults, origins } = compose(layers.flatMap((layer) => layer.settings));
  const marks = everyLayer.flatMap((layer) => variableMarks(layer.settings));
  const allFaults = [...fatal, ...faults, ...(fromFile ? dormantFaults(fromFile) : []), ...marks];
  if (!config || allFaults.length > 0) throw configError(allFaults);

  const missing = file !== undefined && !source ? [`${file}: not found, defaults are used`] : [];
  const warnings = [...missing, ...[...deprecationsOf(everyLayer), ...warned].map(describeFault)];
  for (const warning of warnings) onWarning(warning);
  return { config, origins, warnings };
}

const emitWarning = (message: string) => {
  process.emitWarning(message, { type: 'ConfigWarning' });
};

const deprecationsOf = (layers: readonly Layer[]) => layers.flatMap((layer) => layer.deprecations);

/** Faults of environments that are not active now; they would strike elsewhere. */
function dormantFaults({ base, dormant }: FileLayers): ConfigFault[] {
  return dormant.flatMap((layer) => {
    const { faults } = compose([...base.settings, ...layer.settings]);
    return faults.filter(({ origin }) => origin.layer === 'file' && origin.environment);
  });
}
