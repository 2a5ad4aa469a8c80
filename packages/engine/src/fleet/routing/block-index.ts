import type { Member } from './member.js';

interface Block {
  readonly holders: Set<Member>;
  /** The block that came after it in a prompt. */
  next: number | undefined;
  /** Others came after it too. */
  branches: boolean;
}

/** How far anybody's kept prefixes reach into a prompt. */
export interface Reach {
  /** Blocks, from the first. */
  readonly depth: number;
  /** The prompt parts there from others that went on differently. */
  readonly branches: boolean;
}

/** Which members hold which blocks. */
export class BlockIndex {
  readonly #blocks = new Map<number, Block>();

  get size(): number {
    return this.#blocks.size;
  }

  add(name: number, member: Member): void {
    const block = this.#blocks.get(name);
    if (block === undefined) {
      this.#blocks.set(name, { holders: new Set([member]), next: undefined, branches: false });
    } else if (block.holders.has(member)) {
      return;
    } else {
      block.holders.add(member);
    }
    member.kept += 1;
  }

  remove(name: number, member: Member): void {
    const block = this.#blocks.get(name);
    if (block === undefined || !block.holders.delete(member)) return;
    member.kept -= 1;
    if (block.holders.size === 0) this.#blocks.delete(name);
  }

  holders(name: number): ReadonlySet<Member> {
    return this.#blocks.get(name)?.holders ?? NOBODY;
  }

  reach(names: readonly number[]): Reach {
    let last: Block | undefined;
    let depth = 0;
    for (const name of names) {
      const block = this.#blocks.get(name);
      if (block === undefined) break;
      last = block;
      depth += 1;
    }
    const next = names[depth];
    const branches = last !== undefined && next !== undefined && goesElsewhere(last, next);
    return { depth, branches };
  }

  /** Notes which block follows which; they are held by then. */
  follow(names: readonly number[]): void {
    names.forEach((name, place) => {
      const block = this.#blocks.get(name);
      const next = names[place + 1];
      if (block === undefined || next === undefined) return;
      if (block.next === undefined) block.next = next;
      else if (block.next !== next) block.branches = true;
    });
  }
}

const NOBODY: ReadonlySet<Member> = new Set();

const goesElsewhere = (block: Block, next: number) =>
  block.branches || (block.next !== undefined && block.next !== next);
