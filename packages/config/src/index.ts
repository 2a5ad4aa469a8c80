export {
  AdaptiveLimitsConfigSchema,
  BackpressureConfigSchema,
  BatchQueueConfigSchema,
  CacheConfigSchema,
  CircuitBreakerConfigSchema,
  DtypeSchema,
  JsonRpcConfigSchema,
  LoggingConfigSchema,
  MemoryCacheConfigSchema,
  ModelConfigSchema,
  PerformanceConfigSchema,
  PythonRuntimeConfigSchema,
  RetryConfigSchema,
  RuntimeConfigSchema,
  SecurityConfigSchema,
  StreamMetricsConfigSchema,
  StreamRegistryConfigSchema,
  TelemetrySectionSchema,
} from '@mlx/schemas/config';
export type {
  AdaptiveLimitsConfig,
  BackpressureConfig,
  BatchQueueConfig,
  CacheConfig,
  CircuitBreakerConfig,
  Dtype,
  JsonRpcConfig,
  LoggingConfig,
  MemoryCacheConfig,
  ModelConfig,
  PerformanceConfig,
  PythonRuntimeConfig,
  RetryConfig,
  RuntimeConfig,
  RuntimeConfigInput,
  RuntimeConfigOverrides,
  SecurityConfig,
  StreamMetricsConfig,
  StreamRegistryConfig,
  TelemetrySection,
} from '@mlx/schemas/config';
export { readConfigFile } from './config-file.js';
export type { ConfigFile } from './config-file.js';
export { explainConfig } from './explain-config.js';
export { configError } from './fault.js';
export type { ConfigFault } from './fault.js';
export { loadConfig, loadConfigWithOrigins } from './load-config.js';
export type { LoadConfigOptions, LoadedConfig } from './load-config.js';
export { describeOrigin } from './origin.js';
export type { Origin } from './origin.js';
