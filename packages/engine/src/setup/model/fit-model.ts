import { detectBackend, type Backend } from '../backend.js';
import { setupContext, type SetupOptions } from '../context.js';
import { defaultMemoryBudget, modelMemory } from '../memory-budget.js';
import { inspectModel, type InspectedModel } from './inspect-model.js';
import { cacheBytes, numberBytes, usableBytes } from './memory-need.js';

export type Quantisation = '4-bit' | '8-bit' | '16-bit' | '32-bit';

/** What can be computed with, what is fastest first: weights become dense where they fit, but on Apple silicon. */
const computed: Record<Backend, readonly Quantisation[]> = {
  apple: ['4-bit', '8-bit', '16-bit'],
  cpu: ['32-bit', '8-bit', '4-bit'],
  cuda13: ['16-bit', '8-bit', '4-bit'],
};
/** Weights that share a scale and a bias. */
const GROUP = 64;
const DENSE_BITS = 16;

export interface Machine {
  readonly backend: Backend;
  readonly memoryBytes: number;
  /** What weights and key-value caches of all models may take. */
  readonly usableBytes: number;
}

/** One way to run a model: bytes of weights, and the longest context that has room beside them. */
export interface Fit {
  readonly quantisation: Quantisation;
  readonly weightBytes: number;
  readonly fits: boolean;
  /** Tokens of one conversation; 0 where not even the weights fit. */
  readonly contextTokens: number;
}

/** The largest model, in parameters, that leaves a quarter of the memory to key-value caches. */
export interface LargestModel {
  readonly quantisation: Quantisation;
  readonly parameters: number;
}

export interface ModelFit {
  readonly id: string;
  readonly parameterCount: number;
  readonly contextLength: number | undefined;
  readonly cacheBytesPerThousandTokens: number;
  /** What a load makes of it as it is stored; in `bits` per weight. */
  readonly loaded: Omit<Fit, 'quantisation'> & { readonly bits: number };
  /** What versions of it with so many bits would take. */
  readonly fits: readonly Fit[];
}

export function describeMachine(options: SetupOptions = {}): Machine {
  const { variables } = setupContext(options);
  const backend = detectBackend(variables);
  return {
    backend,
    memoryBytes: modelMemory(variables),
    usableBytes: defaultMemoryBudget(variables),
  };
}

export function largestModels({ backend, usableBytes: usable }: Machine): LargestModel[] {
  return computed[backend].map((quantisation) => ({
    quantisation,
    parameters: Math.floor((usable * 0.75) / bytesOfWeight(quantisation, backend)),
  }));
}

/** How a model that is on this machine fits it, with no other beside it. */
export async function fitModel(name: string, options: SetupOptions = {}): Promise<ModelFit> {
  const { backend, memoryBytes } = describeMachine(options);
  const model = await inspectModel(name, options);
  const room = (weightBytes: number) => roomBeside(weightBytes, model, usableBytes(memoryBytes));
  const { id, parameterCount, contextLength, cacheBytesPerThousandTokens } = model;
  return {
    id,
    parameterCount,
    contextLength,
    cacheBytesPerThousandTokens,
    loaded: { bits: model.memoryBits, ...room(model.memoryBytes) },
    fits: computed[backend].map((quantisation) => ({
      quantisation,
      ...room(parameterCount * bytesOfWeight(quantisation, backend)),
    })),
  };
}

function roomBeside(
  weightBytes: number,
  model: InspectedModel,
  usable: number,
): Omit<Fit, 'quantisation'> {
  const perToken = cacheBytes(model, model, 1);
  const left = usable - weightBytes;
  const room = perToken === 0 ? Number.POSITIVE_INFINITY : Math.floor(left / perToken);
  return {
    weightBytes,
    fits: left >= 0,
    contextTokens: left > 0 ? Math.min(room, model.contextLength ?? room) : 0,
  };
}

/** With its share of what its group has: in 16 bits, and in 32 where a CPU computes. */
function bytesOfWeight(quantisation: Quantisation, backend: Backend): number {
  const bits = Number.parseInt(quantisation, 10);
  return bits / 8 + (bits < DENSE_BITS ? (2 * numberBytes[backend]) / GROUP : 0);
}
