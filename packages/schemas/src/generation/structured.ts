import * as z from 'zod';
import { UnknownRecord } from '../common/primitives.js';
import { OptionalFlag, Text, TextList } from '../common/shared.js';

export const StructuredFormatSchema = z.enum(['json', 'yaml', 'regex', 'grammar', 'choice']);
export type StructuredFormat = z.infer<typeof StructuredFormatSchema>;

/**
 * What the answer must look like. `schema` is a JSON Schema (object or JSON
 * text) for `json` and `yaml`, a pattern for `regex`, a Lark grammar for
 * `grammar`, and the list of allowed answers for `choice`.
 */
export const StructuredOutputConfigSchema = z.object({
  schema: z.union([Text, TextList, UnknownRecord]).optional(),
  format: StructuredFormatSchema.optional(),
  /**
   * A JSON Schema's keyword that cannot be held while the answer is written is
   * refused. False: the answer is checked when it is whole, and the last chunk
   * tells what does not hold.
   */
  strict: OptionalFlag,
});
export type StructuredOutputConfig = z.infer<typeof StructuredOutputConfigSchema>;

/** What is wrong with the pair of schema and format; undefined when they fit. */
export function structuredOutputFault(config: StructuredOutputConfig): string | undefined {
  const { schema, format } = config;
  if (schema === undefined || schema === '' || format === undefined) {
    return 'structured.schema and structured.format are both required';
  }
  switch (format) {
    case 'json':
    case 'yaml':
      return Array.isArray(schema)
        ? `structured.schema must be a JSON Schema for format '${format}'`
        : undefined;
    case 'regex':
    case 'grammar':
      return typeof schema === 'string'
        ? undefined
        : `structured.schema must be text for format '${format}'`;
    case 'choice':
      return Array.isArray(schema) && schema.length > 0
        ? undefined
        : "structured.schema must be a list of answers for format 'choice'";
    default:
      return format satisfies never;
  }
}
