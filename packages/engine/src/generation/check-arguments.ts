import type { ToolDefinition } from '@mlx/schemas';
import * as z from 'zod';

/** What is wrong with the arguments of a call, by its tool's JSON Schema; undefined: nothing. */
export type CheckArguments = (name: string, argumentsText: string) => string | undefined;

/** For calls whose arguments were not held to their schema while they were written. */
export function argumentsChecker(tools: readonly ToolDefinition[]): CheckArguments {
  const schemas = new Map<string, z.ZodType>();
  const schemaOf = (name: string): z.ZodType => {
    const known = schemas.get(name);
    if (known !== undefined) return known;
    const parameters = tools.find((tool) => tool.name === name)?.parameters;
    const schema = parameters === undefined ? z.unknown() : z.fromJSONSchema(parameters);
    schemas.set(name, schema);
    return schema;
  };
  return (name, argumentsText) => {
    try {
      const { error } = schemaOf(name).safeParse(JSON.parse(argumentsText));
      return error && z.prettifyError(error);
    } catch (thrown) {
      // Neither a schema that zod cannot read nor broken JSON can be vouched for.
      return `The arguments could not be checked: ${String(thrown)}`;
    }
  };
}
