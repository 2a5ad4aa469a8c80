type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ImageMessage {
  readonly role: 'user';
  readonly content: readonly ContentPart[];
}

/** The part of a chat completion body that benchmarks set, in OpenAI's names. */
export interface CompletionRequest {
  readonly messages: readonly (ChatMessage | ImageMessage)[];
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly seed?: number;
  readonly n?: number;
  readonly stop?: readonly string[];
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly repetition_penalty?: number;
  readonly response_format?: object;
  /** Ours alone. */
  readonly prompt_lookup?: boolean;
  readonly logit_bias?: Readonly<Record<string, number>>;
}
