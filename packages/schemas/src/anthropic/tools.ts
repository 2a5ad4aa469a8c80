import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import { FunctionName, NonEmptyString, OptionalRecord } from '../common/primitives.js';
import { OptionalAnything, OptionalFlag, OptionalText, literal } from '../common/shared.js';

export const AnthropicToolSchema = strictObject({
  type: literal('custom').nullish(),
  name: FunctionName,
  description: OptionalText,
  /** JSON Schema of the input; absent: it has none. */
  input_schema: OptionalRecord,
  strict: OptionalFlag,
  cache_control: OptionalAnything,
});
export type AnthropicTool = z.infer<typeof AnthropicToolSchema>;

const disable_parallel_tool_use = OptionalFlag;

export const AnthropicToolChoiceSchema = z.discriminatedUnion('type', [
  strictObject({ type: z.enum(['auto', 'any']), disable_parallel_tool_use }),
  strictObject({ type: literal('tool'), name: NonEmptyString, disable_parallel_tool_use }),
  strictObject({ type: literal('none') }),
]);
export type AnthropicToolChoice = z.infer<typeof AnthropicToolChoiceSchema>;
