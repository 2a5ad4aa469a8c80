import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { NonEmptyString, OptionalRecord } from '../common/primitives.js';
import { NullishFlag, OptionalText, Text, literal } from '../common/shared.js';

export const FunctionName = Text.regex(
  /^[a-zA-Z0-9_-]{1,64}$/,
  'Must be 1 to 64 letters, digits, underscores or hyphens',
);

export const OpenAIFunctionSchema = strictObject({
  name: FunctionName,
  description: OptionalText,
  /** JSON Schema of the arguments. */
  parameters: OptionalRecord,
  strict: NullishFlag,
});

export const OpenAIToolSchema = strictObject({
  type: literal('function'),
  function: OpenAIFunctionSchema,
});
export type OpenAITool = z.infer<typeof OpenAIToolSchema>;

export const OpenAIToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  strictObject({
    type: literal('function'),
    function: strictObject({ name: NonEmptyString }),
  }),
]);
export type OpenAIToolChoice = z.infer<typeof OpenAIToolChoiceSchema>;

const TextFormat = strictObject({ type: literal('text') });
const JsonObjectFormat = strictObject({ type: literal('json_object') });
const JsonSchemaFormat = strictObject({
  name: FunctionName,
  description: OptionalText,
  schema: OptionalRecord,
  strict: NullishFlag,
});

export const OpenAIResponseFormatSchema = z.discriminatedUnion('type', [
  TextFormat,
  JsonObjectFormat,
  strictObject({ type: literal('json_schema'), json_schema: JsonSchemaFormat }),
]);
export type OpenAIResponseFormat = z.infer<typeof OpenAIResponseFormatSchema>;

/** The flat form of the same that the responses endpoint takes. */
export const OpenAITextFormatSchema = z.discriminatedUnion('type', [
  TextFormat,
  JsonObjectFormat,
  JsonSchemaFormat.extend({ type: literal('json_schema') }),
]);
