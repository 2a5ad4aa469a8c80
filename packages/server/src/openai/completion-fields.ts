import { honoured, isOneOf, refused, type FieldTable } from '../fields/field-table.js';
import { otherServersFields } from './other-servers-fields.js';
import { sentinelFields } from './sentinel-fields.js';
import { serviceFields } from './service-fields.js';

/** `POST /v1/completions`. */
export const completionFields: FieldTable = {
  ...sentinelFields,
  ...serviceFields,
  ...otherServersFields,
  max_completion_tokens: refused({ advice: "Use 'max_tokens'." }),
  /** -1 means no limit here, where saying nothing means a small one. */
  max_tokens: honoured(isOneOf(null)),
  messages: refused({ advice: 'Send them to /v1/chat/completions.' }),
  response_format: refused({ advice: 'Send it to /v1/chat/completions.' }),
  suffix: refused({ unless: isOneOf('') }),
};
