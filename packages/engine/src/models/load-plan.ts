import { isDeepStrictEqual } from 'node:util';
import { LoadModelOptionsSchema, VisionModelOptionsSchema } from '@mlx/schemas';
import type { ModelDescriptor, QuantizationMode, LoadModelOptions } from '@mlx/schemas';
import { LoadParamsSchema } from '@mlx/schemas/wire';
import type { WireParams } from '@mlx/schemas/wire';
import * as z from 'zod';
import type { AdapterSource } from './adapter-shelf.js';
import { absolute, toDescriptor } from '../setup/model/model-name.js';
import { takeAdapters } from './plan-adapters.js';
import { isPath } from '../setup/model/model-reference.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';

/** What `parameters` may hold: the runtime's own load parameters. */
const LoadParametersSchema = z.strictObject({
  weights: LoadParamsSchema.shape.weights.unwrap().optional(),
  batching: LoadParamsSchema.shape.batching.unwrap().partial().optional(),
  promptStore: LoadParamsSchema.shape.promptStore,
  promptLookup: LoadParamsSchema.shape.promptLookup.unwrap().optional(),
});

const parameterNames = LoadParametersSchema.keyof().options;

/** A load request that was checked and can be carried out. */
export interface LoadPlan {
  readonly descriptor: ModelDescriptor;
  /** Nobody chose its id: it is that of its directory. */
  readonly namedByPath?: boolean;
  readonly revision?: string;
  readonly quantization?: QuantizationMode;
  readonly weights?: WireParams<'load'>['weights'];
  readonly batching?: WireParams<'load'>['batching'];
  readonly promptStore?: WireParams<'load'>['promptStore'];
  readonly promptLookup?: boolean;
  /** Loaded together with it. */
  readonly adapters?: readonly AdapterSource[];
  /** True: it has to see images; false: it is for text only. */
  readonly vision?: boolean;
}

/** Refuses a request for a model that is here already, with other options than those asked for. */
export function requireSamePlan(loaded: LoadPlan, wanted: LoadPlan): void {
  const differs = (key: keyof LoadPlan) =>
    wanted[key] !== undefined && !isDeepStrictEqual(wanted[key], loaded[key]);
  const other = ['revision', 'quantization', 'adapters', 'vision', ...parameterNames] as const;
  const field =
    loaded.descriptor.path === wanted.descriptor.path ? other.find(differs) : ('model' as const);
  if (field === undefined) return;
  const named = parameterNames.some((name) => name === field) ? `parameters.${field}` : field;
  throw invalidParameter(
    named,
    `'${loaded.descriptor.id}' is loaded with another value; unload it first`,
  );
}

export function planLoad(input: unknown): LoadPlan {
  const { adapters, rest } = takeAdapters(input);
  const { descriptor, options } = parseLoadOptions(LoadModelOptionsSchema, 'loadModel', rest);
  const { revision, quantization } = options;
  const parameters = parseParameters(LoadParametersSchema, options);
  const namedByPath = descriptor.id === descriptor.path && isPath(descriptor.id);
  const named = namedByPath
    ? toDescriptor(descriptor.path)
    : { ...descriptor, path: absolute(descriptor.path) };
  return {
    descriptor: named,
    namedByPath,
    revision,
    quantization,
    adapters,
    ...visionOf(descriptor),
    ...parameters,
  };
}

/** The same of a model that has to see images. */
export function planVisionLoad(input: unknown): LoadPlan {
  const { modality, ...options } = validate(VisionModelOptionsSchema, input);
  const plan = planLoad(options);
  return { ...plan, descriptor: { ...plan.descriptor, modality }, vision: true };
}

const known: ReadonlySet<string> = new Set([
  'model',
  'draft',
  'revision',
  'quantization',
  'parameters',
  'trustRemoteCode',
]);

/** The options of a load and the model they mean; refuses what cannot be honoured. */
export function parseLoadOptions(
  schema: z.ZodType<LoadModelOptions>,
  method: string,
  input: unknown,
): { descriptor: ModelDescriptor; options: LoadModelOptions } {
  const options = validate(schema, input);
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw invalidParameter(key, `Unknown option of ${method}`);
  }
  if (options.trustRemoteCode === true) {
    throw invalidParameter('trustRemoteCode', 'Code from a model repository is never run');
  }
  const { model } = options;
  const descriptor = typeof model === 'string' ? { id: model, path: model } : model;
  return { descriptor, options };
}

/** `parameters` as the runtime takes them. */
export function parseParameters<Parameters extends z.ZodObject>(
  schema: Parameters,
  { parameters, quantization }: LoadModelOptions,
): z.output<Parameters> {
  const result = schema.safeParse(parameters ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = ['parameters', ...(issue?.path ?? []).map(String)].join('.');
    throw invalidParameter(path, issue?.message ?? 'Invalid input');
  }
  if (quantization !== undefined && result.data['weights'] !== undefined) {
    throw invalidParameter('quantization', 'Cannot be combined with parameters.weights');
  }
  return result.data;
}

function visionOf({ modality }: ModelDescriptor): Pick<LoadPlan, 'vision'> {
  return modality === undefined ? {} : { vision: modality !== 'text' };
}
