import {
  isFalse,
  isOneOf,
  refused,
  withoutEffect,
  type FieldTable,
} from '../fields/field-table.js';

const calledDirectly = (value: unknown): boolean =>
  Array.isArray(value) && value.includes('direct');

/** `POST /v1/messages/count_tokens`. */
export const countFields: FieldTable = {
  cache_control: withoutEffect(),
  context_management: withoutEffect(),
  mcp_servers: refused({ advice: "Describe what their tools do in 'tools'." }),
  speed: withoutEffect({ unless: isOneOf('standard') }),
  'messages[].content[].cache_control': withoutEffect(),
  'system[].cache_control': withoutEffect(),
  'thinking.display': withoutEffect({ unless: isOneOf('summarized') }),
  'tools[].allowed_callers': withoutEffect({ unless: calledDirectly }),
  'tools[].cache_control': withoutEffect(),
  'tools[].defer_loading': withoutEffect({ unless: isFalse }),
  'tools[].eager_input_streaming': withoutEffect(),
  'tools[].input_examples': withoutEffect(),
};

/** `POST /v1/messages`. */
export const messageFields: FieldTable = {
  ...countFields,
  container: withoutEffect(),
  diagnostics: withoutEffect(),
  inference_geo: withoutEffect(),
  service_tier: withoutEffect(),
};
