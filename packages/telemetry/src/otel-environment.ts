import { EngineClientError } from '@mlx/schemas';

const exporters = {
  TRACES: ['otlp', 'console', 'none'],
  // Prometheus reads whether it is named or not.
  METRICS: ['otlp', 'console', 'prometheus', 'none'],
} as const;
const protocols = ['http/protobuf', 'http/json', 'grpc'] as const;
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
const propagators = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'] as const;

type Signal = keyof typeof exporters;
type Variables = NodeJS.ProcessEnv;

/**
 * Where the environment asks for a signal to be sent: the exporters that it
 * names or, where it names none, OTLP if it has an endpoint.
 *
 * @throws EngineClientError `InvalidParams` for an exporter that there is not.
 */
export function exportersOf<Of extends Signal>(
  signal: Of,
  variables: Variables = process.env,
): readonly (typeof exporters)[Of][number][] {
  if (variables['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return [];
  const named = namesIn(variables, `OTEL_${signal}_EXPORTER`, exporters[signal]);
  if (named.includes('none')) return [];
  if (named.length > 0) return named;
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return endpoints.some((name) => valueOf(variables, name) !== undefined) ? ['otlp'] : [];
}

/**
 * How to speak OTLP; what OpenTelemetry has by default where nothing is said.
 *
 * @throws EngineClientError `InvalidParams` for a protocol that there is not.
 */
export function otlpProtocol(
  signal: Signal,
  variables: Variables = process.env,
): (typeof protocols)[number] {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const value = valueOf(variables, name);
    if (value !== undefined) return oneOf(name, value, protocols);
  }
  return 'http/protobuf';
}

/**
 * Refuses what OpenTelemetry's SDK would pass over: it samples everything where it
 * does not know the sampler, and joins no trace where it does not know the propagator.
 *
 * @throws EngineClientError `InvalidParams` that names the variable and what it may hold.
 */
export function checkTracingVariables(variables: Variables = process.env): void {
  namesIn(variables, 'OTEL_PROPAGATORS', propagators);
  const sampler = valueOf(variables, 'OTEL_TRACES_SAMPLER');
  if (sampler === undefined) return;
  if (!oneOf('OTEL_TRACES_SAMPLER', sampler, samplers).endsWith('traceidratio')) return;
  const argument = valueOf(variables, 'OTEL_TRACES_SAMPLER_ARG');
  if (argument === undefined || (Number(argument) >= 0 && Number(argument) <= 1)) return;
  throw new EngineClientError(
    'InvalidParams',
    `OTEL_TRACES_SAMPLER_ARG cannot be '${argument}'. Set the share of traces to keep, from 0 to 1.`,
  );
}

/** A time that a variable sets; undefined where none does. @throws EngineClientError `InvalidParams`. */
export function millisecondsOf(
  name: string,
  variables: Variables = process.env,
): number | undefined {
  const value = valueOf(variables, name);
  if (value === undefined) return undefined;
  const milliseconds = Number(value);
  if (Number.isInteger(milliseconds) && milliseconds > 0 && milliseconds < 2 ** 31)
    return milliseconds;
  throw new EngineClientError(
    'InvalidParams',
    `${name} cannot be '${value}'. Set it to a number of milliseconds above 0.`,
  );
}

/** Empty is the same as not set. */
function valueOf(variables: Variables, name: string): string | undefined {
  return variables[name]?.trim() || undefined;
}

function namesIn<Known extends string>(
  variables: Variables,
  name: string,
  known: readonly Known[],
): Known[] {
  const values = (valueOf(variables, name) ?? '').split(',').map((value) => value.trim());
  return values.filter((value) => value !== '').map((value) => oneOf(name, value, known));
}

function oneOf<Known extends string>(name: string, value: string, known: readonly Known[]): Known {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new EngineClientError(
    'InvalidParams',
    `${name} cannot be '${value}'. Set it to one of: ${known.join(', ')}.`,
  );
}
