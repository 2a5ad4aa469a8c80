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
  const fault = (fits: boolean, needed: string) =>
    fits ? undefined : `structured.schema must be ${needed} for format '${format}'`;
  switch (format) {
    case 'json':
    case 'yaml':
      return fault(!Array.isArray(schema), 'a JSON Schema');
    case 'regex':
    case 'grammar':
      return fault(typeof schema === 'string', 'text');
    case 'choice':
      return fault(Array.isArray(schema) && schema.length > 0, 'a list that is not empty');
    default:
      return format satisfies never;
  }
}
