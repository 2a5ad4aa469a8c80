import { isPath } from '../setup/model/model-reference.js';
import type { LoadPlan } from './load-plan.js';
import { absolute } from '../setup/model/model-name.js';

type Named = Pick<LoadPlan, 'descriptor' | 'namedByPath'>;

/** What the models of an engine are called: a directory's own name, and its path as well. */
export class ModelNames {
  readonly #all: () => readonly Named[];

  /** @param all the models in memory, then the others that requests may name */
  constructor(all: () => readonly Named[]) {
    this.#all = all;
  }

  /** The id of the model that a name means; a name that means none is given back. */
  idOf(name: string): string {
    if (!isPath(name)) return name;
    const named = this.#all().find(({ descriptor }) => descriptor.id === name);
    return named?.descriptor.id ?? this.#at(absolute(name)) ?? name;
  }

  /** Where nobody chose an id: with one that no other model has, which may be the path. */
  named<Plan extends Named>(plan: Plan): Plan {
    const { descriptor, namedByPath } = plan;
    if (namedByPath !== true) return plan;
    const { id, path } = descriptor;
    const isTaken = this.#all().some((other) => other.descriptor.id === id);
    const own = this.#at(path) ?? (isTaken ? path : id);
    return { ...plan, descriptor: { ...descriptor, id: own } };
  }

  #at(path: string): string | undefined {
    return this.#all().find(({ descriptor }) => descriptor.path === path)?.descriptor.id;
  }
}
