import type { ChatMessage, FinishReason, GenerationStats } from '@mlx/schemas';
import type * as z from 'zod';
import type { AnySchema } from '../structured/any-schema.js';

/** An assistant turn, ready to be appended to the conversation, and how it came about. */
export interface ChatAnswer extends ChatMessage {
  role: 'assistant';
  /** Empty when the answer consists of calls. */
  content: string;
  finishReason: FinishReason | undefined;
  stats: GenerationStats;
}

/** The turn of a conversation that asked for an object. */
export interface TypedChatAnswer<Schema extends AnySchema> extends ChatAnswer {
  /** `content`, parsed and validated. */
  object: z.output<Schema>;
}
