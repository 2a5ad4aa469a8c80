/**
 * The blocks of prompts whose keys and values a model's process holds, each as its 32-bit name
 * (`PromptBlocks.names`). The names are keyed: who reads them learns no text.
 */
export type PrefixDigest = ReadonlySet<number>;
