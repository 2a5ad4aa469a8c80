import { LoadDraftModelOptionsSchema } from '@mlx/schemas';
import type { ModelDescriptor, QuantizationMode } from '@mlx/schemas';
import { NonEmptyString } from '@mlx/schemas/common';
import { LoadDraftParamsSchema } from '@mlx/schemas/wire';
import type { WireParams } from '@mlx/schemas/wire';
import * as z from 'zod';
import { parseLoadOptions, parseParameters } from './load-plan.js';

const DraftParametersSchema = z.strictObject({
  /** The loaded model to draft for; may be left out where one is loaded. */
  target: NonEmptyString.optional(),
  /** Draft for requests that name no draft model, too. */
  byDefault: z.boolean().default(false),
  weights: LoadDraftParamsSchema.shape.weights.unwrap().optional(),
});

/** A request for a draft model that was checked and can be carried out. */
export interface DraftPlan {
  readonly descriptor: ModelDescriptor;
  readonly target?: string;
  readonly byDefault: boolean;
  readonly revision?: string;
  readonly quantization?: QuantizationMode;
  readonly weights?: WireParams<'loadDraft'>['weights'];
}

export function planDraft(input: unknown): DraftPlan {
  const { descriptor, options } = parseLoadOptions(
    LoadDraftModelOptionsSchema,
    'loadDraftModel',
    input,
  );
  const { revision, quantization } = options;
  const { target, byDefault, weights } = parseParameters(DraftParametersSchema, options);
  return { descriptor, target, byDefault, revision, quantization, weights };
}
