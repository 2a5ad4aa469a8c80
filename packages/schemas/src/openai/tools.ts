import * as z from 'zod';
import { NonEmptyString, UnknownRecord } from '../common/primitives.js';

const FunctionName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Must be 1 to 64 letters, digits, underscores or hyphens');

export const OpenAIFunctionSchema = z.looseObject({
  name: FunctionName,
  description: z.string().optional(),
  /** JSON Schema of the arguments. */
  parameters: UnknownRecord.optional(),
  strict: z.boolean().nullish(),
});

export const OpenAIToolSchema = z.looseObject({
  type: z.literal('function'),
  function: OpenAIFunctionSchema,
});
export type OpenAITool = z.infer<typeof OpenAIToolSchema>;

export const OpenAIToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: NonEmptyString }) }),
]);
export type OpenAIToolChoice = z.infer<typeof OpenAIToolChoiceSchema>;

export const OpenAIResponseFormatSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: FunctionName,
      description: z.string().optional(),
      schema: UnknownRecord.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);
export type OpenAIResponseFormat = z.infer<typeof OpenAIResponseFormatSchema>;
