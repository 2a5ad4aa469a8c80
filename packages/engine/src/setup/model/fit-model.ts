import { detectBackend, type Backend } from '../backend.js';
import { setupContext, type SetupOptions } from '../context.js';
import { defaultMemoryBudget, modelMemory } from '../memory-budget.js';
import { cacheBytes } from './memory-need.js';
import { inspectModel } from './inspect-model.js';

/** Bits that a weight takes with its share of scales and biases, groups of 64. */
const WEIGHT_BITS = { '4-bit': 4.5, '8-bit': 8.5, '16-bit': 16, '32-bit': 32 } as const;
export type Quantisation = keyof typeof WEIGHT_BITS;

/** What computes with which weights: a CPU with dense ones in 32 bits, CUDA with 16 where they fit. */
const computed: Record<Backend, readonly Quantisation[]> = {
  apple: ['4-bit', '8-bit', '16-bit'],
  cpu: ['32-bit'],
  cuda13: ['16-bit', '4-bit', '8-bit'],
};

export interface Machine {
  readonly backend: Backend;
  readonly memoryBytes: number;
  /** What weights and key-value caches may take. */
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
  readonly fits: readonly Fit[];
}

export function describeMachine(options: SetupOptions = {}): Machine {
  const { variables } = setupContext(options);
  const backend = detectBackend(variables);
  const usableBytes = defaultMemoryBudget(variables);
  return { backend, memoryBytes: modelMemory(variables), usableBytes };
}

export function largestModels({ backend, usableBytes }: Machine): LargestModel[] {
  return computed[backend].map((quantisation) => ({
    quantisation,
    parameters: Math.floor((usableBytes * 0.75 * 8) / WEIGHT_BITS[quantisation]),
  }));
}

/** How a model that is on this machine fits it. */
export async function fitModel(name: string, options: SetupOptions = {}): Promise<ModelFit> {
  const machine = describeMachine(options);
  const model = await inspectModel(name, options);
  const perToken = cacheBytes(model, machine, 1);
  const fits = computed[machine.backend].map((quantisation): Fit => {
    const weightBytes = (model.parameterCount * WEIGHT_BITS[quantisation]) / 8;
    const left = machine.usableBytes - weightBytes;
    const room = perToken === 0 ? Number.POSITIVE_INFINITY : Math.floor(left / perToken);
    return {
      quantisation,
      weightBytes,
      fits: left > 0,
      contextTokens: left > 0 ? Math.min(room, model.contextLength ?? room) : 0,
    };
  });
  const { id, parameterCount, contextLength, cacheBytesPerThousandTokens } = model;
  return { id, parameterCount, contextLength, cacheBytesPerThousandTokens, fits };
}
