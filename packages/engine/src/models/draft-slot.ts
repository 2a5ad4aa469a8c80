import type { ModelHandle } from '@mlx/schemas';
import type { WireParams, WireResult } from '@mlx/schemas/wire';
import type { Runner } from '../runner/runner.js';
import { Turns } from '../support/turns.js';
import type { DraftPlan } from './draft-plan.js';

/** A draft model in the process of the model it drafts for. */
export interface AttachedDraft {
  readonly plan: DraftPlan;
  /** Sent to every life of the process. */
  readonly params: WireParams<'loadDraft'>;
  readonly loaded: WireResult<'loadDraft'>;
  /** Lets its files go. */
  readonly release: () => void;
}

/** Bytes of its weights, and of the caches of one full context. */
export async function draftBytes(
  { params, loaded }: Omit<AttachedDraft, 'release'>,
  runner: Pick<Runner, 'memoryNeed'>,
): Promise<number> {
  const need = await runner.memoryNeed?.(params.path, params);
  return loaded.weightBytes + (need?.cacheBytes ?? 0);
}

/** What callers see of a draft model. Sizes are in bytes, times in milliseconds. */
export function toDraftHandle(
  { plan, params, loaded }: AttachedDraft,
  target: string,
): ModelHandle {
  const { contextLength, ...facts } = loaded;
  return {
    descriptor: { ...plan.descriptor, path: params.path },
    state: 'ready',
    contextLength,
    metadata: { ...facts, target },
    draft: true,
  };
}

/** The place for one draft model beside a model; changes of it happen one after the other. */
export class DraftSlot {
  readonly turns = new Turns();
  #draft: AttachedDraft | undefined;

  get draft(): AttachedDraft | undefined {
    return this.#draft;
  }

  attach(draft: AttachedDraft): void {
    this.#draft = draft;
  }

  detach(): void {
    this.#draft?.release();
    this.#draft = undefined;
  }
}
