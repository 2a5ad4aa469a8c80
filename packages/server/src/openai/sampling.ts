import {
  SamplingParametersSchema,
  type GeneratorParams,
  type SamplingParameters,
} from '@mlx/schemas';
import { httpParameters } from '@mlx/schemas/conventions';

type HttpParameter = keyof SamplingParameters;
type Given<Name extends HttpParameter> = NonNullable<SamplingParameters[Name]>;
type Target<Name extends HttpParameter> = (typeof httpParameters)[Name];
type Wanted<Name extends HttpParameter> =
  Target<Name> extends keyof GeneratorParams ? NonNullable<GeneratorParams[Target<Name>]> : never;

/** Those whose values the engine does not take as they are. */
type Foreign = {
  [Name in HttpParameter]: Target<Name> extends null
    ? never
    : Given<Name> extends Wanted<Name>
      ? never
      : Name;
}[HttpParameter];
type Conversions = { readonly [Name in HttpParameter]?: (value: Given<Name>) => Wanted<Name> };

const conversions = {
  seed: toSeed,
  stop: (value) => [value].flat().filter((text) => text !== ''),
} as const satisfies Conversions & Required<Pick<Conversions, Foreign>>;

/** The engine's name for each parameter; what the request left out is left out. */
export function toSampling(request: Partial<SamplingParameters>): Partial<GeneratorParams> {
  const names = Object.keys(SamplingParametersSchema.shape) as HttpParameter[];
  const entries = names.flatMap((name) => {
    const parameter = httpParameters[name];
    const value = request[name];
    if (parameter === null || value === undefined || value === null) return [];
    return [[parameter, convert(name, value)]];
  });
  return Object.fromEntries(entries);
}

function convert(name: HttpParameter, value: unknown): unknown {
  const conversion = (conversions as Partial<Record<HttpParameter, (given: never) => unknown>>)[
    name
  ];
  return conversion === undefined ? value : conversion(value as never);
}

/** The newer name of chat completions and the older one, which all endpoints know. */
export function toMaxTokens(request: {
  readonly max_tokens?: number | null | undefined;
  readonly max_completion_tokens?: number | null | undefined;
}): Pick<GeneratorParams, 'maxTokens'> {
  const { max_tokens: older, max_completion_tokens: newer } = request;
  if (typeof newer !== 'number') return {};
  // Both are upper limits.
  return { maxTokens: typeof older === 'number' ? Math.min(older, newer) : newer };
}

/** Any integer is a seed in OpenAI's API; the engine's are the safe ones from zero. */
function toSeed(seed: number): number {
  const range = Number.MAX_SAFE_INTEGER + 1;
  const rest = seed % range;
  return rest < 0 ? rest + range : rest;
}
