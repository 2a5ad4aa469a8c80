import * as z from 'zod';

const CallSchema = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const QuestionPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);

/** One turn of a chat, as the API takes it and as conversations are saved. */
export const TurnSchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(QuestionPartSchema)]),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.string(),
    tool_calls: z.array(CallSchema).readonly().optional(),
  }),
  z.object({ role: z.literal('tool'), content: z.string(), tool_call_id: z.string() }),
]);
export type Turn = z.infer<typeof TurnSchema>;
