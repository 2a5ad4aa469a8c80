import type { ToolDefinition } from '@mlx/schemas';
import { jsonValidator } from '../structured/json-validator.js';

/** What is wrong with the arguments of a call, by its tool's JSON Schema; undefined: nothing. */
export type CheckArguments = (name: string, argumentsText: string) => string | undefined;

/** Arguments may have been held to their schema in part, or not at all. */
export function argumentsChecker(tools: readonly ToolDefinition[]): CheckArguments {
  return (name, argumentsText) => {
    const parameters = tools.find((tool) => tool.name === name)?.parameters;
    return faultOfJson(argumentsText, parameters === undefined ? '{}' : JSON.stringify(parameters));
  };
}

/** What is wrong with a JSON text by a JSON Schema, which is given as JSON too. */
export function faultOfJson(text: string, schema: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return `It is no JSON: ${String(thrown)}`;
  }
  return jsonValidator(schema)(value);
}
