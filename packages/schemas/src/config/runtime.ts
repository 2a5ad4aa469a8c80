import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { Text } from '../common/shared.js';
import { BatchQueueConfigSchema } from './batch-queue.js';
import { CacheConfigSchema } from './cache.js';
import { JsonRpcConfigSchema } from './json-rpc.js';
import { ModelConfigSchema } from './model.js';
import {
  LoggingConfigSchema,
  PerformanceConfigSchema,
  SecurityConfigSchema,
  TelemetrySectionSchema,
} from './operations.js';
import { overridesOf, type Overrides } from './overrides.js';
import { PythonRuntimeConfigSchema } from './python-runtime.js';
import { ServerConfigSchema } from './server.js';
import { StreamRegistryConfigSchema } from './stream-registry.js';

/** The sections of the configuration, each complete with its defaults. */
export const configSections = {
  batch_queue: BatchQueueConfigSchema.prefault({}),
  python_runtime: PythonRuntimeConfigSchema.prefault({}),
  json_rpc: JsonRpcConfigSchema.prefault({}),
  stream_registry: StreamRegistryConfigSchema.prefault({}),
  model: ModelConfigSchema.prefault({}),
  cache: CacheConfigSchema.prefault({}),
  telemetry: TelemetrySectionSchema.prefault({}),
  logging: LoggingConfigSchema.prefault({}),
  security: SecurityConfigSchema.prefault({}),
  performance: PerformanceConfigSchema.prefault({}),
  server: ServerConfigSchema.prefault({}),
} as const;

const SectionsSchema = strictObject(configSections);

/** Any part of the configuration; what is absent keeps its value from the layer below. */
export type RuntimeConfigOverrides = Overrides<z.input<typeof SectionsSchema>>;

/** The whole configuration file. `parse({})` gives the defaults. */
export const RuntimeConfigSchema = SectionsSchema.extend({
  /** Overrides by the name in NODE_ENV. */
  get environments() {
    return z.record(Text, overridesOf(SectionsSchema)).optional();
  },
});
export type RuntimeConfig = z.infer<typeof RuntimeConfigSchema>;
/** Before defaults: everything may be left out. */
export type RuntimeConfigInput = z.input<typeof RuntimeConfigSchema>;
