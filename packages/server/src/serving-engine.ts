import type {
  ChatMessage,
  GeneratorChunk,
  GeneratorParams,
  ModelHandle,
  ToolDefinition,
} from '@mlx/schemas';

/** What the HTTP handler needs of an engine; `Engine` of `@mlx/engine` has it. */
export interface ServingEngine {
  createGenerator(
    params: GeneratorParams,
    options?: {
      readonly signal?: AbortSignal;
      /** Whose request it is, for fair sharing. */
      readonly tenant?: string;
    },
  ): AsyncGenerator<GeneratorChunk>;
  listModels(): Promise<readonly ModelHandle[]>;
  /** Tokens of a conversation as the model reads it, chat template included. */
  countTokens(
    request: {
      readonly model: string;
      readonly messages: ChatMessage[];
      readonly tools?: ToolDefinition[];
    },
    options?: { readonly signal?: AbortSignal },
  ): Promise<number>;
  /** `healthy` is false when a model failed or none is ready. */
  healthCheck(): Promise<{ readonly healthy: boolean }>;
}
