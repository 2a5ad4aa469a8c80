/** A prompt's text cut into blocks; the name of each stands for all text up to its end. */
export interface PromptBlocks {
  /** 32-bit keyed hashes. */
  readonly names: readonly number[];
  /** Where each block ends, in characters from the prompt's beginning, ascending. */
  readonly ends: readonly number[];
  /** Characters of the whole prompt. */
  readonly length: number;
}

export const NO_BLOCKS: PromptBlocks = { names: [], ends: [], length: 0 };
