import type { PromptBlocks } from './prompt-blocks.js';

/** A request as far as it matters to where it goes. */
export interface RouteRequest {
  /** Unique among those that have not finished. */
  readonly id: string;
  readonly model: string;
  readonly tenant: string;
  /** Higher is served first; 0 where absent. */
  readonly priority?: number | undefined;
  readonly blocks: PromptBlocks;
  /** Only a worker that has it can answer. */
  readonly adapter?: string | undefined;
  /** It shows images. */
  readonly vision?: boolean;
  /** Workers that failed it. */
  readonly avoid?: ReadonlySet<string> | undefined;
  /** Set for an answer that goes on: only an equal model gives the same text. */
  readonly fingerprint?: string | undefined;
}
