import type { GeneratorParams } from '@mlx/schemas';
import type { ResponseRequest } from '@mlx/schemas/responses';
import { badRequest } from '../http/parse-body.js';

type Format = NonNullable<ResponseRequest['text']>['format'];

/** What `text.format` asks of the answer; a `strict` schema that cannot be followed to the letter is refused. */
export function toStructured(format: Format): Pick<GeneratorParams, 'structured'> {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { structured: { schema: { type: 'object' }, format: 'json' } };
    case 'json_schema':
      if (format.schema) {
        const strict = format.strict === true;
        return { structured: { schema: format.schema, format: 'json', strict } };
      }
      throw badRequest(
        "Invalid 'text.format.schema': Required.",
        'invalid_parameter',
        'text.format.schema',
      );
    default:
      return format satisfies undefined;
  }
}
