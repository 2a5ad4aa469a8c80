import type { GeneratorParams, OpenAIResponseFormat } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';

/**
 * What `response_format` asks of the answer. With `strict` a schema that cannot
 * be held to the letter is refused; without, what it says besides is checked.
 */
export function toStructured(
  format: OpenAIResponseFormat | null | undefined,
): Pick<GeneratorParams, 'structured'> {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { structured: { schema: format.schema ?? { type: 'object' }, format: 'json' } };
    case 'json_schema':
      return {
        structured: {
          schema: requireSchema(format.json_schema ?? format),
          format: 'json',
          strict: format.json_schema?.strict === true,
        },
      };
    default:
      return format satisfies undefined;
  }
}

function requireSchema({ schema }: { schema?: Record<string, unknown> | undefined }) {
  if (schema !== undefined) return schema;
  throw badRequest(
    "Invalid 'response_format.json_schema.schema': Required.",
    'invalid_parameter',
    'response_format.json_schema.schema',
  );
}
