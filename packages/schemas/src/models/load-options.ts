import * as z from 'zod';
import { openObject } from '../common/objects.js';
import { OptionalNonEmptyString, OptionalRecord, QuantizationMode } from '../common/primitives.js';
import { OptionalFlag } from '../common/shared.js';
import { ModelDescriptorSchema, ModelName } from './descriptor.js';

/** The object form of the options; extend or pick from this one. */
export const LoadModelOptionsObjectSchema = openObject({
  /** A model id, a local path, or a full descriptor. */
  model: z.union([ModelName, ModelDescriptorSchema]),
  /** Load as the draft of speculative decoding. */
  draft: OptionalFlag,
  /** Branch, tag or commit of the model repository. */
  revision: OptionalNonEmptyString,
  quantization: QuantizationMode.optional(),
  /** Passed on to the runtime. */
  parameters: OptionalRecord,
  trustRemoteCode: OptionalFlag,
});

export type LoadModelOptions = z.infer<typeof LoadModelOptionsObjectSchema>;
/** What callers may pass: the options, or just the model. */
export type LoadModelOptionsInput = string | z.input<typeof LoadModelOptionsObjectSchema>;

/** A plain string stands for `{ model: string }`. */
const toObject = (input: LoadModelOptionsInput) =>
  typeof input === 'string' ? { model: input } : input;

/** `z.preprocess` with a type that all versions 4 of zod have, not only the later ones. */
function namedOrObject<Options extends z.ZodObject>(
  options: Options,
): z.ZodPipe<z.core.$ZodTransform<unknown, LoadModelOptionsInput>, Options> {
  return z.preprocess(toObject, options);
}

export const LoadModelOptionsSchema = namedOrObject(LoadModelOptionsObjectSchema);

/** The same options with `draft` always true. */
export const LoadDraftModelOptionsSchema = namedOrObject(
  LoadModelOptionsObjectSchema.extend({ draft: z.literal(true).default(true) }),
);
export type LoadDraftModelOptions = z.infer<typeof LoadDraftModelOptionsSchema>;

/** A vision model is loaded like any other; its modality is fixed. */
export const VisionModelOptionsSchema = namedOrObject(
  LoadModelOptionsObjectSchema.extend({
    modality: z.enum(['vision', 'multimodal']).default('vision'),
  }),
);
export type VisionModelOptions = z.infer<typeof VisionModelOptionsSchema>;
