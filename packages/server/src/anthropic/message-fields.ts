import { refused, withoutEffect, type FieldTable } from '../fields/field-table.js';

/** `POST /v1/messages/count_tokens`. */
export const countFields: FieldTable = {
  cache_control: withoutEffect(),
  context_management: withoutEffect(),
  mcp_servers: refused(),
  output_config: refused(),
  output_format: refused(),
  'tools[].cache_control': withoutEffect(),
};

const { output_format: _, ...shared } = countFields;

/** `POST /v1/messages`. */
export const messageFields: FieldTable = {
  ...shared,
  container: refused(),
  inference_geo: withoutEffect(),
  service_tier: withoutEffect(),
};
