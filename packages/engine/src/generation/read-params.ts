import { GeneratorParamsWithStructuredSchema } from '@mlx/schemas';
import type { GeneratorParams } from '@mlx/schemas';
import type { AnySchema } from '../structured/any-schema.js';
import { readStructured } from '../structured/read-structured.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';

export interface CheckedParams<Schema extends AnySchema> {
  readonly params: GeneratorParams;
  /** The zod schema that was given as `structured`. */
  readonly schema: Schema | undefined;
}

/** Parameters of a caller, checked once: whatever comes after trusts them. */
export function readParams<Schema extends AnySchema>(given: unknown): CheckedParams<Schema> {
  const { params, schema } = readStructured<Schema>(given);
  refuseWholeTools(params);
  return { params: validate(GeneratorParamsWithStructuredSchema, params), schema };
}

/** Their types say it too, which JavaScript does not read. */
function refuseWholeTools(params: unknown): void {
  const tools: unknown = Reflect.get(Object(params), 'tools');
  if (!Array.isArray(tools)) return;
  const index = tools.findIndex(
    (tool) => typeof Reflect.get(Object(tool), 'execute') === 'function',
  );
  if (index === -1) return;
  throw invalidParameter(
    `tools.${index}`,
    'Give the definition of a tool (tool.definition); runTools takes tools and calls them',
  );
}
