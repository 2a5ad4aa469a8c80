export interface TextPart {
  type: 'text';
  text: string;
}

export interface ImagePart {
  type: 'image';
  /** A data URL. */
  image: string;
  detail?: string;
}

/** One turn of the conversation. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** Null for an assistant's turn that consists of calls. */
  content: string | (TextPart | ImagePart)[] | null;
  reasoning?: string;
  toolCallId?: string;
  toolCalls?: { id: string; name: string; arguments: string }[];
}

export interface Tool {
  name: string;
  description?: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
  strict?: boolean;
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

/** The form of an answer: a JSON Schema, a pattern, a Lark grammar, or a list of answers. */
export interface Structured {
  format: 'json' | 'regex' | 'grammar' | 'choice';
  schema: string | string[] | Record<string, unknown>;
}

/** What to generate, in the engine's words; an alias, which fits where any key may be. */
export type GenerationRequest = {
  model: string;
  messages: Message[];
  tools?: Tool[] | undefined;
  toolChoice?: 'auto' | 'none' | 'required' | { name: string } | undefined;
  parallelToolCalls?: boolean | undefined;
  reasoning?:
    | {
        enabled?: boolean | undefined;
        effort?: ReasoningEffort | undefined;
        budgetTokens?: number | undefined;
      }
    | undefined;
  structured?: Structured | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  topK?: number | undefined;
  minP?: number | undefined;
  presencePenalty?: number | undefined;
  frequencyPenalty?: number | undefined;
  repetitionPenalty?: number | undefined;
  logitBias?: Record<string, number> | undefined;
  seed?: number | undefined;
  logprobs?: boolean | undefined;
  topLogprobs?: number | undefined;
  stopSequences?: string[] | undefined;
  stopTokenIds?: number[] | undefined;
  ignoreEos?: boolean | undefined;
  priority?: number | undefined;
  queueTimeoutMs?: number | undefined;
  adapter?: string | undefined;
  draftModel?: string | false | undefined;
  promptLookup?: boolean | undefined;
  prediction?: string | undefined;
  templateOptions?: Record<string, unknown> | undefined;
};
