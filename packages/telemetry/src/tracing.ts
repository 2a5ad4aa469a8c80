import { checkTracingVariables, exportersOf, otlpProtocol } from './otel-environment.js';
import { serviceResource } from './resource.js';

/**
 * Registers a tracer provider that exports as the standard environment
 * variables of OpenTelemetry say, with their samplers and propagators; where
 * they ask for no traces, nothing is loaded and nothing registered. For
 * programs: a library leaves it to whoever uses it.
 *
 * @throws EngineClientError `InvalidParams` for a variable with a value that it cannot have.
 */
export async function startTracing(serviceName?: string): Promise<AsyncDisposable> {
  const exporters = exportersOf('TRACES');
  if (exporters.length === 0) return { [Symbol.asyncDispose]: async () => undefined };
  if (exporters.includes('otlp')) otlpProtocol('TRACES');
  checkTracingVariables();
  const { startNodeSdk } = await import('@opentelemetry/sdk-node');
  const sdk = startNodeSdk({
    baseResource: serviceResource(serviceName),
    // Metrics have their own way, and logs are lines.
    metricReaders: [],
    logRecordProcessors: [],
  });
  return { [Symbol.asyncDispose]: () => sdk.shutdown() };
}
