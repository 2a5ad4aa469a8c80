import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { listOf } from '../common/lists.js';
import { NonEmptyString, NullishRecord } from '../common/primitives.js';
import { NullishFlag, NullishText, literal } from '../common/shared.js';
import { FunctionName, TextFormat, TextGrammar } from '../openai/tools.js';

/** Tools that a vendor's service would run; here they are left out, and named. */
export const HostedToolType = z.enum([
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use',
  'computer_use_preview',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'programmatic_tool_calling',
  'shell',
  'tool_search',
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
]);

export const ResponseFunctionToolSchema = strictObject({
  type: literal('function'),
  name: FunctionName,
  description: NullishText,
  /** JSON Schema of the arguments. */
  parameters: NullishRecord,
  strict: NullishFlag,
});
export type ResponseFunctionTool = z.infer<typeof ResponseFunctionToolSchema>;

/** A tool that takes plain text instead of JSON. */
export const CustomToolSchema = strictObject({
  type: literal('custom'),
  name: FunctionName,
  description: NullishText,
  format: z
    .discriminatedUnion('type', [
      TextFormat,
      strictObject({ type: literal('grammar'), ...TextGrammar }),
    ])
    .nullish(),
});
export type CustomTool = z.infer<typeof CustomToolSchema>;

const CallableToolSchema = z.discriminatedUnion('type', [
  ResponseFunctionToolSchema,
  CustomToolSchema,
]);
export type CallableTool = z.infer<typeof CallableToolSchema>;

/** Tools under a name of their own, as agents group those of one MCP server. */
export const NamespaceToolSchema = strictObject({
  type: literal('namespace'),
  name: FunctionName,
  description: NullishText,
  tools: listOf(CallableToolSchema, 1024),
});

export const ResponseToolSchema = z.discriminatedUnion('type', [
  ResponseFunctionToolSchema,
  CustomToolSchema,
  NamespaceToolSchema,
  openObject({ type: HostedToolType }),
]);
export type ResponseTool = z.infer<typeof ResponseToolSchema>;

const NamedToolSchema = strictObject({
  type: z.enum(['function', 'custom']),
  name: NonEmptyString,
  namespace: NullishText,
});
export type NamedTool = z.infer<typeof NamedToolSchema>;

export const ResponseToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.discriminatedUnion('type', [
    NamedToolSchema,
    strictObject({
      type: literal('allowed_tools'),
      mode: z.enum(['none', 'auto', 'required']).nullish(),
      tools: listOf(
        z.discriminatedUnion('type', [NamedToolSchema, openObject({ type: HostedToolType })]),
        1024,
      ),
    }),
    openObject({ type: HostedToolType }),
  ]),
]);
export type ResponseToolChoice = z.infer<typeof ResponseToolChoiceSchema>;
