import type { AnthropicMessagesRequest, GeneratorParams } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';

/** `output_format: { type: 'json_schema', schema }`. */
export function toStructured({
  output_format: format,
}: AnthropicMessagesRequest): Pick<GeneratorParams, 'structured'> {
  if (!format || Object.keys(format).length === 0) return {};
  const { type, schema, ...rest } = format;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`output_format.${unknown}`, 'Unknown parameter');
  if (type !== 'json_schema') throw invalid('output_format.type', "Must be 'json_schema'");
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw invalid('output_format.schema', 'Must be a JSON Schema');
  }
  return { structured: { schema: { ...schema }, format: 'json' } };
}

function invalid(parameter: string, reason: string) {
  return badRequest(`Invalid '${parameter}': ${reason}.`, 'invalid_parameter', parameter);
}
