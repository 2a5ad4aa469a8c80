import * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { NonEmptyString, OptionalRecord, UnknownRecord } from '../common/primitives.js';
import { NullishText, Text, TextList, literal } from '../common/shared.js';
import { FunctionName } from '../openai/tools.js';

export const OllamaToolCallSchema = openObject({
  id: NullishText,
  function: openObject({ name: NonEmptyString, arguments: UnknownRecord }),
});
export type OllamaToolCall = z.infer<typeof OllamaToolCallSchema>;

export const OllamaMessageSchema = openObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: Text.nullish(),
  /** What an assistant turn thought. */
  thinking: NullishText,
  /** In base64; shown before the text. */
  images: TextList.nullish(),
  tool_calls: z.array(OllamaToolCallSchema).nullish(),
  /** Which tool a `tool` turn is the result of. */
  tool_name: NullishText,
  tool_call_id: NullishText,
});
export type OllamaMessage = z.infer<typeof OllamaMessageSchema>;

export const OllamaToolSchema = strictObject({
  type: literal('function').optional(),
  function: strictObject({
    name: FunctionName,
    description: NullishText,
    /** JSON Schema of the arguments. */
    parameters: OptionalRecord,
  }),
});
export type OllamaTool = z.infer<typeof OllamaToolSchema>;
