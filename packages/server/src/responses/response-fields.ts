import { isOneOf, refused, withoutEffect, type FieldTable } from '../fields/field-table.js';
import { otherServersFields } from '../openai/other-servers-fields.js';
import { serviceFields } from '../openai/service-fields.js';

const { metadata: _metadata, store: _store, ...vendorFields } = serviceFields;

const tokensOnly = { advice: "Use 'max_output_tokens'." };

/** What a response and the counting of its input share. */
export const inputTokensFields: FieldTable = {
  conversation: refused({ advice: "Send the items in 'input', or use 'previous_response_id'." }),
  messages: refused({ advice: "Use 'input'." }),
  'text.verbosity': withoutEffect({ unless: isOneOf('medium') }),
};

/** `POST /v1/responses`. What it repeats in the response, such as `metadata`, is honoured. */
export const responseFields: FieldTable = {
  ...vendorFields,
  ...otherServersFields,
  ...inputTokensFields,
  context_management: withoutEffect(),
  functions: refused({ advice: "Use 'tools'." }),
  max_completion_tokens: refused(tokensOnly),
  // Only counts calls of hosted tools, and there are none.
  max_tool_calls: withoutEffect(),
  max_tokens: refused(tokensOnly),
  n: refused({ unless: isOneOf(1), advice: 'Ask several times.' }),
  prompt: refused({ advice: "Send its text as 'instructions' and 'input'." }),
  reasoning_effort: refused({ advice: "Use 'reasoning.effort'." }),
  response_format: refused({ advice: "Use 'text.format'." }),
};
