import { isOneOf, refused, type FieldTable } from '../fields/field-table.js';
import { otherServersFields } from './other-servers-fields.js';
import { serviceFields } from './service-fields.js';

/** `POST /v1/completions`. */
export const completionFields: FieldTable = {
  ...serviceFields,
  ...otherServersFields,
  max_completion_tokens: refused({ advice: "Use 'max_tokens'." }),
  messages: refused({ advice: 'Send them to /v1/chat/completions.' }),
  response_format: refused({ advice: 'Send it to /v1/chat/completions.' }),
  suffix: refused({ unless: isOneOf('') }),
};
