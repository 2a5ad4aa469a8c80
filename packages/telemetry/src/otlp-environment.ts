type Signal = 'TRACES' | 'METRICS';

/**
 * Whether the environment asks for a signal to be exported over OTLP or
 * otherwise: by naming an exporter or, without one, an endpoint.
 */
export function wantsExport(signal: Signal, variables: NodeJS.ProcessEnv = process.env): boolean {
  if (variables['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const exporters = listOf(variables[`OTEL_${signal}_EXPORTER`]);
  if (exporters.length > 0) return !exporters.includes('none');
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return endpoints.some((name) => (variables[name] ?? '') !== '');
}

/** How to speak OTLP; what OpenTelemetry has by default where nothing is said. */
export function otlpProtocol(signal: Signal, variables: NodeJS.ProcessEnv = process.env): string {
  const named =
    variables[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`] ?? variables['OTEL_EXPORTER_OTLP_PROTOCOL'];
  return named?.trim() ?? 'http/protobuf';
}

function listOf(value = ''): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
