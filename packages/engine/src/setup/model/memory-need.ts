import type { Backend } from '../backend.js';
import type { ModelOutline } from './model-outline.js';

/** Bytes of a number that dense weights and key-value caches are computed with. */
const numberBytes: Record<Backend, number> = { apple: 2, cpu: 4, cuda13: 2 };

export interface MemoryTerms {
  readonly backend: Backend;
  /** As the load asks for; absent: what suits the backend. */
  readonly weights?: string | undefined;
  /** Bits of a value of the key-value cache; absent: as computed. */
  readonly kvBits?: number | undefined;
  /** Most bytes of computed prompts that are kept. */
  readonly promptCacheBytes: number;
  /** Absent: the model is on one device. */
  readonly ranks?: Ranks | undefined;
}

/** The processes that a model is divided among. */
export interface Ranks {
  readonly count: number;
  /** Those whose memory is the one that is planned. */
  readonly here: number;
}

const ALONE: Ranks = { count: 1, here: 1 };

/** What weights take in memory: a CPU computes with dense ones, and so does CUDA where they fit. */
function weightBytesInMemory(
  { bits, parameterCount, weightBytes }: ModelOutline,
  { backend, weights = 'auto' }: Pick<MemoryTerms, 'backend' | 'weights'>,
): number {
  const dense = parameterCount * numberBytes[backend];
  if (weights === 'dense') return dense;
  if (weights === 'stored') return weightBytes;
  if (backend === 'cpu') return dense;
  return backend === 'cuda13' && bits !== undefined ? dense : weightBytes;
}

/** Bytes of the key-value cache for so many tokens. */
export function cacheBytes(
  { cacheNumbersPerToken }: ModelOutline,
  { backend, kvBits }: Pick<MemoryTerms, 'backend' | 'kvBits'>,
  tokens: number,
): number {
  const bytes = kvBits === undefined ? numberBytes[backend] : kvBits / 8;
  return Math.ceil(cacheNumbersPerToken * bytes * tokens);
}

/** Weights, and the caches of one full context, as far as prompts may be kept; of all ranks that are here. */
export function memoryNeed(outline: ModelOutline, terms: MemoryTerms) {
  const { ranks: { count, here } = ALONE, promptCacheBytes } = terms;
  const context = cacheBytes(outline, terms, outline.contextLength ?? 0);
  const caches = outline.cacheIsDivided ? context / count : context;
  return {
    weightBytes: Math.ceil(here * weightBytesInMemory(outline, terms) * shareOf(outline, count)),
    cacheBytes: Math.ceil(here * Math.min(caches, promptCacheBytes)),
    processes: here,
  };
}

/** What one rank holds of the weights: tables of embeddings are whole in each. */
function shareOf({ parameterCount, tableParameters }: ModelOutline, ranks: number): number {
  if (parameterCount === 0) return 1;
  const whole = Math.min(1, tableParameters / parameterCount);
  return whole + (1 - whole) / ranks;
}
