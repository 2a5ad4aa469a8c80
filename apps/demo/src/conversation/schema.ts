import { z } from 'zod';
import { SettingsSchema } from '../settings/settings-schema.js';

/** A file that was read into a question: its text, or an image as a data URL. */
const AttachmentSchema = z.union([
  z.object({ name: z.string(), text: z.string() }),
  z.object({ name: z.string(), image: z.string().startsWith('data:image/') }),
]);
export type Attachment = z.infer<typeof AttachmentSchema>;

/** A call of a tool that a model asked for. */
const ToolCallSchema = z.object({
  id: z.string(),
  /** The MCP server and its tool. */
  server: z.string(),
  name: z.string(),
  /** JSON, as the model wrote it. */
  arguments: z.string(),
  state: z.enum(['asking', 'running', 'done', 'refused', 'failed']),
  result: z.string(),
});
export type ToolCall = z.infer<typeof ToolCallSchema>;

/** What a model wrote in one request: an answer has several where tools were called. */
const RoundSchema = z.object({
  text: z.string(),
  reasoning: z.string(),
  calls: z.array(ToolCallSchema),
});
export type Round = z.infer<typeof RoundSchema>;

const SpeedSchema = z.object({
  timeToFirstTokenMs: z.number(),
  tokens: z.number(),
  tokensPerSecond: z.number().optional(),
});
export type AnswerSpeed = z.infer<typeof SpeedSchema>;

const QuestionSchema = z.object({
  role: z.literal('user'),
  id: z.string(),
  parent: z.string().nullable(),
  text: z.string(),
  files: z.array(AttachmentSchema),
});
export type Question = z.infer<typeof QuestionSchema>;

export const UNFINISHED = ['waiting', 'streaming'] as const;

const AnswerSchema = z.object({
  role: z.literal('assistant'),
  id: z.string(),
  parent: z.string().nullable(),
  model: z.string(),
  rounds: z.array(RoundSchema).min(1),
  state: z.enum([...UNFINISHED, 'done', 'cut', 'stopped', 'failed']),
  /** Why it ended before its end. */
  note: z.string().optional(),
  /** True: the context was full, and asking again as before cannot help. */
  contextFull: z.boolean().optional(),
  speed: SpeedSchema.optional(),
  /** Tokens of the context that are taken by everything up to here. */
  contextUsed: z.number().optional(),
});
export type Answer = z.infer<typeof AnswerSchema>;

export const MessageSchema = z.discriminatedUnion('role', [QuestionSchema, AnswerSchema]);
export type Message = z.infer<typeof MessageSchema>;

/**
 * A tree of messages: questions and answers that were written anew lie beside
 * the first ones, and `chosen` says which one of them is shown.
 */
export const ConversationSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  /** The reader named it; otherwise it is called by its first question. */
  named: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Empty: the first that the server has. */
  model: z.string(),
  settings: SettingsSchema,
  messages: z.array(MessageSchema),
  /** By parent, `ROOT` for the first question: the message shown below it. */
  chosen: z.record(z.string(), z.string()),
  /** What stands before this message is not sent to the model. */
  sentFrom: z.string().optional(),
  /** Tools that may be called without asking, as `server/tool`. */
  allowedTools: z.array(z.string()),
  /** MCP servers whose tools are offered. */
  toolServers: z.array(z.string()),
});
export type Conversation = z.infer<typeof ConversationSchema>;
