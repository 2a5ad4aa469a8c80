import * as z from 'zod';
import { strictObject, withProperties } from '../common/objects.js';
import { NonEmptyString, NonNegativeInteger } from '../common/primitives.js';
import { AnyNumber, OptionalFlag, Text } from '../common/shared.js';
import { WirePoolingSchema, vectorShape } from '../wire/pooling.js';
import { TextInputSchema } from './input.js';

export const EmbedRequestSchema = strictObject(
  withProperties(vectorShape, {
    model: NonEmptyString,
    input: TextInputSchema,
    /** Scale each vector, after it was shortened, to length 1. Default true. */
    normalize: OptionalFlag,
    /** What vectors come as: numbers (default), or what `EncodedEmbeddings` are for. */
    encoding: z.enum(['float', 'base64']).optional(),
  }),
);
export type EmbedRequest = z.infer<typeof EmbedRequestSchema>;

export const EmbeddingsSchema = z.object({
  model: Text,
  /** One vector for each text; numbers of float32 precision. */
  embeddings: z.array(z.array(AnyNumber)),
  pooling: WirePoolingSchema,
  promptTokens: NonNegativeInteger,
});
export type Embeddings = z.infer<typeof EmbeddingsSchema>;

/** Vectors to send on: little-endian float32 values in base64, as the runtime wrote them. */
export type EncodedEmbeddings = Omit<Embeddings, 'embeddings'> & { embeddings: string[] };
