import type { Backend } from '../backend.js';
import type { ModelOutline } from './model-outline.js';

/** Bytes of a number that dense weights and key-value caches are computed with. */
export const numberBytes: Record<Backend, number> = { apple: 2, cpu: 4, cuda13: 2 };

export interface MemoryTerms {
  readonly backend: Backend;
  /** As the load asks for; absent: what suits the backend. */
  readonly weights?: string | undefined;
  /** Bits of a value of the key-value cache; absent: as computed. */
  readonly kvBits?: number | undefined;
  /** Most bytes of computed prompts that are kept. */
  readonly promptCacheBytes: number;
  /** Most sequences that run at once. Default: 32. */
  readonly maxBatchSize?: number | undefined;
  /** Of the device that it is loaded on. */
  readonly memoryBytes: number;
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

/** Share of a device's memory that one process fills; it refuses a model whose weights alone take more. */
const USABLE = 0.9;
/** Context of one sequence that is left room for where weights become dense on CUDA. */
const TYPICAL_ROW_TOKENS = 2048;

/** Bytes that weights and caches of one process may take. */
export const usableBytes = (memoryBytes: number): number => Math.floor(memoryBytes * USABLE);

/** Weights as a load keeps them in memory. */
export interface HeldWeights {
  /** `widened`: what is packed stays so, all else is in float32. */
  readonly form: 'dense' | 'stored' | 'widened';
  /** Of all ranks together, if each of them held nothing twice. */
  readonly bytes: number;
}

/** What the runtime makes of weights when it loads them (`model/weights.py`). */
export function heldWeights(outline: ModelOutline, terms: MemoryTerms): HeldWeights {
  const { backend, memoryBytes, weights = 'auto', ranks: { count } = ALONE } = terms;
  const { parameterCount, weightBytes, widenedBytes, bits } = outline;
  const usable = usableBytes(memoryBytes);
  const dense = { form: 'dense', bytes: parameterCount * numberBytes[backend] } as const;
  if (weights === 'dense') return dense;
  const room = usable - (backend === 'cuda13' ? rowBytes(outline, terms) / count : 0);
  const becomesDense = weights === 'auto' && backend !== 'apple';
  if (becomesDense && dense.bytes * shareOf(outline, count) <= room) return dense;
  const widens = backend === 'cpu' && bits !== undefined && widenedBytes <= usable * count;
  return widens ? { form: 'widened', bytes: widenedBytes } : { form: 'stored', bytes: weightBytes };
}

/** Caches at full load, kept prompts included. */
function rowBytes(
  { contextLength = TYPICAL_ROW_TOKENS, rowNumbersPerToken }: ModelOutline,
  { backend, maxBatchSize = 32, promptCacheBytes }: MemoryTerms,
): number {
  const tokens = maxBatchSize * Math.min(contextLength, TYPICAL_ROW_TOKENS);
  return tokens * rowNumbersPerToken * numberBytes[backend] + promptCacheBytes;
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
    weightBytes: Math.ceil(here * heldWeights(outline, terms).bytes * shareOf(outline, count)),
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
