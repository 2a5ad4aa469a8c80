import { faultKinds, type ProcessFault } from '../faults/fault.ts';
import type { Random } from '../random.ts';
import type { Recipe } from './recipe.ts';

/** How a consumer treats its answer. */
export type Behaviour =
  | { readonly kind: 'reads' }
  /** Takes its time over every chunk. */
  | { readonly kind: 'dawdles'; readonly pauseMs: number }
  /** Takes a few chunks and then nothing for longer than is allowed. */
  | { readonly kind: 'forgets'; readonly after: number }
  /** Leaves after so many chunks, 0 being before the first: by its signal, by `break`, or by closing its connection. */
  | { readonly kind: 'aborts' | 'breaks' | 'disconnects'; readonly after: number };

export interface RequestPlan {
  readonly index: number;
  readonly recipe: Recipe;
  /** Which of the loaded models. */
  readonly model: string;
  readonly via: 'engine' | 'server';
  readonly streaming: boolean;
  readonly resume: boolean;
  readonly priority: number;
  readonly tenant: string;
  readonly behaviour: Behaviour;
  /** Happens to the model's process while the request is under way. */
  readonly fault: ProcessFault | undefined;
}

export interface PlanOptions {
  readonly recipes: readonly Recipe[];
  readonly models: readonly string[];
  /** Of all requests, from 0 to 1, how many bring a fault with them. */
  readonly faultRate: number;
}

const TENANTS = ['one', 'two', 'three'] as const;

/** The next request of a soak; the same seed gives the same sequence. */
export function drawRequest(random: Random, index: number, options: PlanOptions): RequestPlan {
  const fault = random.chance(options.faultRate) ? random.pick(faultKinds) : undefined;
  const via = fault === 'disconnect' || random.chance(0.25) ? 'server' : 'engine';
  return {
    index,
    recipe: random.pick(options.recipes),
    model: random.pick(options.models),
    via,
    streaming: random.chance(0.85),
    resume: via === 'engine' && random.chance(0.5),
    priority: random.between(-2, 2),
    tenant: random.pick(TENANTS),
    behaviour:
      fault === 'disconnect'
        ? { kind: 'disconnects', after: random.between(0, 6) }
        : drawBehaviour(random, via),
    fault: fault === 'disconnect' ? undefined : fault,
  };
}

function drawBehaviour(random: Random, via: RequestPlan['via']): Behaviour {
  const after = random.between(0, 6);
  const draw = random.next();
  if (draw < 0.7) return { kind: 'reads' };
  if (via === 'server') return draw < 0.8 ? { kind: 'disconnects', after } : { kind: 'reads' };
  if (draw < 0.8) return { kind: 'aborts', after };
  if (draw < 0.9) return { kind: 'breaks', after: after + 1 };
  if (draw < 0.99) return { kind: 'dawdles', pauseMs: random.between(5, 150) };
  return { kind: 'forgets', after: 1 };
}
