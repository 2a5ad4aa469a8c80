import { mix } from '../../../../src/fleet/routing/hashes.js';
import { blockEnds } from '../../../../src/fleet/routing/prompt-blocks.js';
import type { PromptBlocks } from '../../../../src/fleet/routing/index.js';

interface AgentTraffic {
  readonly random: () => number;
  /** Each has a system prompt of its own. */
  readonly agents: number;
  /** Sessions that go on at one time. */
  readonly sessions: number;
}

interface Session {
  readonly id: number;
  readonly agent: number;
  readonly systemLength: number;
  length: number;
  turnsLeft: number;
}

export interface Turn {
  readonly session: string;
  readonly blocks: PromptBlocks;
  /** To be called when it is answered: the session goes on after it. */
  readonly answered: () => void;
}

const LENGTHS = { system: [2000, 16_000], turn: [300, 4000] } as const;
const TURNS = [2, 16] as const;

/**
 * Agents at work: sessions whose history grows by what is asked and answered, over the system
 * prompts of their agents, of which few are popular (Zipf). Prompts exist as the names of their
 * blocks alone.
 */
export class Agents {
  readonly #traffic: AgentTraffic;
  readonly #popularity: number[];
  readonly #ready: Session[] = [];
  #sessions = 0;

  constructor(traffic: AgentTraffic) {
    this.#traffic = traffic;
    let sum = 0;
    this.#popularity = Array.from({ length: traffic.agents }, (_, rank) => (sum += 1 / (rank + 1)));
    for (let count = 0; count < traffic.sessions; count += 1) this.#ready.push(this.#open());
  }

  /** The next turn of some session that waits for nothing. */
  next(): Turn {
    const place = Math.floor(this.#traffic.random() * this.#ready.length);
    const session = this.#ready[place] ?? this.#open();
    const last = this.#ready.pop();
    if (last !== undefined && place < this.#ready.length) this.#ready[place] = last;
    session.length += this.#between(LENGTHS.turn);
    session.turnsLeft -= 1;
    const answered = () => {
      session.length += this.#between(LENGTHS.turn);
      this.#ready.push(session.turnsLeft > 0 ? session : this.#open());
    };
    return { session: String(session.id), blocks: blocksOf(session), answered };
  }

  #open(): Session {
    this.#sessions += 1;
    const agent = this.#drawAgent();
    const [shortest, longest] = LENGTHS.system;
    const systemLength = shortest + (mix(agent, 1) % (longest - shortest));
    return {
      id: this.#sessions,
      agent,
      systemLength,
      length: systemLength,
      turnsLeft: this.#between(TURNS),
    };
  }

  #drawAgent(): number {
    const drawn = this.#traffic.random() * (this.#popularity.at(-1) ?? 1);
    let [low, high] = [0, this.#popularity.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#popularity[middle] ?? 0) < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #between([least, most]: readonly [number, number]): number {
    return least + Math.floor(this.#traffic.random() * (most - least));
  }
}

function blocksOf({ id, agent, systemLength, length }: Session): PromptBlocks {
  const ends = blockEnds(length);
  const names = ends.map((end, place) =>
    end <= systemLength ? mix(mix(agent, 0x5157), place) : mix(mix(id, 0x7a1e), place),
  );
  return { names, ends, length };
}
