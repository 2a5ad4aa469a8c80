import * as z from 'zod';
import { listOf } from '../common/lists.js';
import { strictObject } from '../common/objects.js';
import { NonEmptyString, OptionalRecord } from '../common/primitives.js';
import { NullishFlag, OptionalText, Text, literal } from '../common/shared.js';

const MAX_TOOLS = 1024;

export const TextFormat = strictObject({ type: literal('text') });

export const FunctionName = Text.regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Must match [a-zA-Z0-9_-]{1,64}');

export const OpenAIFunctionSchema = strictObject({
  name: FunctionName,
  description: OptionalText,
  /** JSON Schema of the arguments. */
  parameters: OptionalRecord,
  strict: NullishFlag,
});

/** A grammar that the text of a custom tool follows. */
export const TextGrammar = { syntax: z.enum(['lark', 'regex']), definition: Text };

export const OpenAIToolSchema = z.discriminatedUnion('type', [
  strictObject({ type: literal('function'), function: OpenAIFunctionSchema }),
  /** A tool that takes plain text instead of JSON. */
  strictObject({
    type: literal('custom'),
    custom: strictObject({
      name: FunctionName,
      description: OptionalText,
      format: z
        .discriminatedUnion('type', [
          TextFormat,
          strictObject({ type: literal('grammar'), grammar: strictObject(TextGrammar) }),
        ])
        .optional(),
    }),
  }),
]);
export type OpenAITool = z.infer<typeof OpenAIToolSchema>;

const Named = strictObject({ name: NonEmptyString });
const NamedFunction = strictObject({ type: literal('function'), function: Named });
const NamedCustomTool = strictObject({ type: literal('custom'), custom: Named });
const NamedTool = z.discriminatedUnion('type', [NamedFunction, NamedCustomTool]);

export const OpenAIToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  NamedTool,
  strictObject({
    type: literal('allowed_tools'),
    allowed_tools: strictObject({
      mode: z.enum(['auto', 'required']),
      tools: listOf(NamedTool, MAX_TOOLS),
    }),
  }),
]);
export type OpenAIToolChoice = z.infer<typeof OpenAIToolChoiceSchema>;

/** With a schema as llama.cpp takes it. */
const JsonObjectFormat = strictObject({ type: literal('json_object'), schema: OptionalRecord });
const JsonSchemaFormat = strictObject({
  name: OptionalText,
  description: OptionalText,
  schema: OptionalRecord,
  strict: NullishFlag,
});

export const OpenAIResponseFormatSchema = z.discriminatedUnion('type', [
  TextFormat,
  JsonObjectFormat,
  strictObject({
    type: literal('json_schema'),
    json_schema: JsonSchemaFormat.optional(),
    /** The same without an object around it. */
    schema: OptionalRecord,
  }),
]);
export type OpenAIResponseFormat = z.infer<typeof OpenAIResponseFormatSchema>;

/** The flat form of the same that the responses endpoint takes. */
export const OpenAITextFormatSchema = z.discriminatedUnion('type', [
  TextFormat,
  JsonObjectFormat,
  JsonSchemaFormat.extend({ type: literal('json_schema') }),
]);
