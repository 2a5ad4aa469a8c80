import type { AnthropicMessagesRequest, GeneratorParams } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';

/** `output_config.format`, which was called `output_format` first. */
export function toStructured({
  output_config: config,
  output_format: older,
}: AnthropicMessagesRequest): Pick<GeneratorParams, 'structured'> {
  if (config?.format && older) {
    throw badRequest(
      "Use 'output_config.format' alone: 'output_format' is its older name.",
      'invalid_parameter',
      'output_format',
    );
  }
  const format = config?.format ?? older;
  return format ? { structured: { schema: format.schema, format: 'json', strict: false } } : {};
}
