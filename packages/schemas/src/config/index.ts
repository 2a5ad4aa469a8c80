export { BatchQueueConfigSchema } from './batch-queue.js';
export type { BatchQueueConfig } from './batch-queue.js';
export { CacheConfigSchema } from './cache.js';
export type { CacheConfig } from './cache.js';
export { CircuitBreakerConfigSchema, JsonRpcConfigSchema, RetryConfigSchema } from './json-rpc.js';
export type { CircuitBreakerConfig, JsonRpcConfig, RetryConfig } from './json-rpc.js';
export { DtypeSchema, MemoryCacheConfigSchema, ModelConfigSchema } from './model.js';
export type { Dtype, MemoryCacheConfig, ModelConfig } from './model.js';
export {
  LoggingConfigSchema,
  PerformanceConfigSchema,
  SecurityConfigSchema,
  TelemetrySectionSchema,
} from './operations.js';
export type {
  LoggingConfig,
  PerformanceConfig,
  SecurityConfig,
  TelemetrySection,
} from './operations.js';
export { PythonRuntimeConfigSchema } from './python-runtime.js';
export type { PythonRuntimeConfig } from './python-runtime.js';
export { RuntimeConfigSchema, configSections } from './runtime.js';
export type { RuntimeConfig, RuntimeConfigInput, RuntimeConfigOverrides } from './runtime.js';
export { ServerConfigSchema } from './server.js';
export type { ServerConfig } from './server.js';
export {
  AdaptiveLimitsConfigSchema,
  BackpressureConfigSchema,
  StreamMetricsConfigSchema,
  StreamRegistryConfigSchema,
} from './stream-registry.js';
export type {
  AdaptiveLimitsConfig,
  BackpressureConfig,
  StreamMetricsConfig,
  StreamRegistryConfig,
} from './stream-registry.js';
