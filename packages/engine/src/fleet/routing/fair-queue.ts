/** What waits, for whom. */
export interface Turn {
  readonly tenant: string;
  /** Higher is served first. */
  readonly priority: number;
  /** What serving it takes, in any unit that is the same for all. */
  readonly cost: number;
  /** Items of one kind have the same places; where one has none, those behind it of others may. */
  readonly kind?: string;
}

interface Waiting<Item> extends Turn {
  readonly item: Item;
  readonly arrival: number;
}

interface Line<Item> {
  /** Highest priority first, then in the order of arrival. */
  readonly waiting: Waiting<Item>[];
  /** Cost of what was served while the tenant waited. */
  served: number;
  /** Times that somebody who came later than its first went before it. */
  overtaken: number;
}

/** How far behind its first item a tenant's others are looked at. */
const LOOK_AHEAD = 32;
/** A tenant's turn gains one level of priority per this many that overtook it. */
const OVERTAKEN_PER_PRIORITY = 32;

/**
 * Who goes next when a place is free: the highest priority, then the tenant that was served least,
 * then who came first. A tenant that comes back starts level with the one that was served least,
 * without credit for the time that it was away (start-time fair queueing: Goyal, Vin and Cheng
 * 1996); who waits for long rises in priority.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Line<Item>>();
  #arrivals = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Item, turn: Turn): void {
    const line = this.#lineOf(turn.tenant);
    this.#arrivals += 1;
    this.#size += 1;
    const behind = line.waiting.findLastIndex(({ priority }) => priority >= turn.priority) + 1;
    line.waiting.splice(behind, 0, { ...turn, item, arrival: this.#arrivals });
  }

  /** Takes out the next item of those that may go, asking for one of each tenant and kind; none: undefined. */
  shift(mayGo: (item: Item) => boolean = () => true): Item | undefined {
    for (const line of this.#inOrder()) {
      const next = nextOf(line, mayGo);
      if (next === undefined) continue;
      this.#serve(line, next);
      return next.item;
    }
    return undefined;
  }

  /** Takes an item out that does not want to wait any longer. */
  remove(item: Item): boolean {
    for (const [tenant, line] of this.#lines) {
      const place = line.waiting.findIndex((each) => each.item === item);
      if (place === -1) continue;
      line.waiting.splice(place, 1);
      this.#size -= 1;
      if (line.waiting.length === 0) this.#lines.delete(tenant);
      return true;
    }
    return false;
  }

  #inOrder(): Line<Item>[] {
    return [...this.#lines.values()].toSorted(
      (left, right) =>
        levelOf(right) - levelOf(left) ||
        left.served - right.served ||
        arrivalOf(left) - arrivalOf(right),
    );
  }

  #serve(line: Line<Item>, served: Waiting<Item>): void {
    const { tenant, cost, arrival } = served;
    line.waiting.splice(line.waiting.indexOf(served), 1);
    line.served += cost;
    line.overtaken = 0;
    this.#size -= 1;
    for (const other of this.#lines.values()) {
      if (arrivalOf(other) < arrival) other.overtaken += 1;
    }
    if (line.waiting.length === 0) this.#lines.delete(tenant);
  }

  #lineOf(tenant: string): Line<Item> {
    const known = this.#lines.get(tenant);
    if (known !== undefined) return known;
    const served = [...this.#lines.values()].map((line) => line.served);
    const line: Line<Item> = {
      waiting: [],
      served: served.length === 0 ? 0 : Math.min(...served),
      overtaken: 0,
    };
    this.#lines.set(tenant, line);
    return line;
  }
}

function nextOf<Item>(
  { waiting }: Line<Item>,
  mayGo: (item: Item) => boolean,
): Waiting<Item> | undefined {
  const refused = new Set<string>();
  return waiting.slice(0, LOOK_AHEAD).find(({ item, kind = '' }) => {
    if (refused.has(kind)) return false;
    if (mayGo(item)) return true;
    refused.add(kind);
    return false;
  });
}

const levelOf = <Item>({ waiting, overtaken }: Line<Item>) =>
  (waiting[0]?.priority ?? -Infinity) + Math.floor(overtaken / OVERTAKEN_PER_PRIORITY);

const arrivalOf = <Item>({ waiting }: Line<Item>) => waiting[0]?.arrival ?? Infinity;
