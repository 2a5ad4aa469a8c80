import type { LoadModelOptions, ModelDescriptor } from '@mlx/schemas';
import type * as z from 'zod';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';

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
  refuseModality(descriptor);
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

function refuseModality({ modality }: ModelDescriptor): void {
  if (modality !== undefined && modality !== 'text') {
    throw invalidParameter('model.modality', `'${modality}' is not supported by this version`);
  }
}
