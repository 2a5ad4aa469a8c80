import type { WireResult, WireSamplingInput } from '@mlx/schemas/wire';
import type { WireGenerate } from './to-wire.js';

export type SamplingDefaults = WireResult<'load'>['capabilities']['samplingDefaults'];

/** What the model's makers advise, within what the configuration allows. */
export function allowedDefaults(
  advised: SamplingDefaults,
  { maxTemperature }: { readonly maxTemperature: number },
): SamplingDefaults {
  const { temperature } = advised;
  if (temperature === undefined) return advised;
  return { ...advised, temperature: Math.min(temperature, maxTemperature) };
}

/** The request with the defaults of its model where it names no value of its own. */
export function withDefaults(request: WireGenerate, defaults: SamplingDefaults): WireGenerate {
  return { ...request, sampling: { ...defaults, ...named(request.sampling) } };
}

const named = (sampling: WireSamplingInput) =>
  Object.fromEntries(
    Object.entries(sampling).filter(([, value]) => value !== undefined),
  ) as WireSamplingInput;
