import type { Member } from './member.js';
import type { RouterOptions } from './router-options.js';

type Limits = Pick<Required<RouterOptions>, 'tolerance' | 'comfort' | 'ahead'>;

/** Blocks that one worker may gather whatever the others hold. */
const FEWEST_BLOCKS = 64;

/** How much there is to do beside what can be done. */
export interface Pressure {
  readonly load: number;
  readonly slots: number;
}

/** What all members together do, and how much of it one may have. */
export class Bounds {
  readonly #limits: Limits;
  #slots = 0;
  #cacheBytes = 0;
  #load = 0;
  #kept = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get pressure(): Pressure {
    return { load: this.#load, slots: this.#slots };
  }

  /** Every change of a member goes through here, so that the sums stay true. */
  change<Result>(member: Member, change: () => Result): Result {
    this.#count(member, -1);
    const result = change();
    this.#count(member, 1);
    return result;
  }

  forget(member: Member): void {
    this.#count(member, -1);
  }

  /** Takes no more: its slots and the few places before them are taken. */
  isFull({ load, slots }: Member): boolean {
    return load >= slots + Math.ceil(slots * this.#limits.ahead);
  }

  /**
   * Less loaded than it may be next to the others: consistent hashing with bounded loads (Mirrokni,
   * Thorup and Zadimoghaddam 2018), bounded by slots, and not before a worker is busy.
   */
  hasRoom(member: Member): boolean {
    const { tolerance, comfort } = this.#limits;
    const fair = ((this.#load + 1) * member.slots) / Math.max(1, this.#slots);
    const bound = Math.max(Math.ceil((1 + tolerance) * fair), Math.ceil(member.slots * comfort));
    return member.load < bound && !this.isFull(member);
  }

  /** Holds no more prefixes than it may next to the others: the same bound for caches. */
  keepsLittle(member: Member): boolean {
    const fair = (this.#kept * member.cacheBytes) / Math.max(1, this.#cacheBytes);
    return member.kept < Math.max(FEWEST_BLOCKS, (1 + this.#limits.tolerance) * fair);
  }

  #count(member: Member, sign: 1 | -1): void {
    if (!member.open) return;
    this.#slots += sign * member.slots;
    this.#cacheBytes += sign * member.cacheBytes;
    this.#load += sign * member.load;
    this.#kept += sign * member.kept;
  }
}
