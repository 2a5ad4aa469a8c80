import { wellFormedJson } from '@mlx/bridge';
import type { StructuredOutputConfig } from '@mlx/schemas';
import type { WireGrammar } from '@mlx/schemas/wire';
import { invalidParameter } from '../support/errors.js';

/** What the answer has to look like, as the runtime wants it. The pair was checked by its schema. */
export function toWireGrammar({
  schema,
  format,
  strict = true,
}: StructuredOutputConfig): WireGrammar {
  switch (format) {
    // A JSON text is a YAML text, and the one that no reader of YAML gets wrong.
    case 'json':
    case 'yaml':
      return { type: 'json_schema', schema: text(schema), strict };
    case 'regex':
      return { type: 'regex', pattern: text(schema) };
    case 'grammar':
      return { type: 'lark', grammar: text(schema) };
    case 'choice':
      return { type: 'choice', choices: Array.isArray(schema) ? schema : [] };
    case undefined:
      throw invalidParameter('structured', 'structured.format is required');
    default:
      return format satisfies never;
  }
}

function text(schema: StructuredOutputConfig['schema']): string {
  return typeof schema === 'string' ? schema : wellFormedJson(schema ?? {});
}
