import {
  AnnouncementSchema,
  FLEET_PROTOCOL_VERSION,
  type AnnouncedModel,
  type Announcement,
} from '@mlx/schemas/fleet';
import { WIRE_PROTOCOL_VERSION } from '@mlx/schemas/wire';
import { EventEmitter } from 'eventemitter3';
import type { Offer } from '../../runner/model-process.js';
import type { Bus } from '../nats/bus.js';
import { announcementsOf } from '../nats/subjects.js';
import { modelOf } from '../placing/room.js';
import { readyModel, type Needs } from '../placing/where-to-load.js';

/** Why a worker is not there any more: it fell silent, nothing can be heard of any, or it listens no more. */
export type Departure = 'heartbeat' | 'pipe' | 'exit';

interface RosterEvents {
  announced: (announcement: Announcement) => void;
  gone: (worker: string, why: Departure) => void;
}

interface Known {
  readonly announcement: Announcement;
  heardAt: number;
}

/** How often it is looked who is silent. */
export const CHECK_MS = 100;

/** The workers that live, as far as can be heard. */
export class Roster extends EventEmitter<RosterEvents> {
  readonly #timeoutMs: number;
  readonly #workers = new Map<string, Known>();
  readonly #timer: NodeJS.Timeout;
  #checkedAt = performance.now();

  constructor(bus: Bus, timeoutMs: number) {
    super();
    this.#timeoutMs = timeoutMs;
    bus.subscribe(announcementsOf(bus.prefix), ({ payload }) => this.#receive(payload));
    bus.on('down', () => {
      for (const worker of this.#workers.keys()) this.remove(worker, 'pipe');
    });
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
  }

  get workers(): Announcement[] {
    return [...this.#workers.values()].map(({ announcement }) => announcement);
  }

  get(worker: string): Announcement | undefined {
    return this.#workers.get(worker)?.announcement;
  }

  /** Those that take such requests for the model now, by what they say of it. */
  serving(id: string, needs: Needs = {}): { worker: Announcement; model: AnnouncedModel }[] {
    return this.workers.flatMap((worker) => {
      const model = readyModel(id, worker, needs);
      return model === undefined ? [] : [{ worker, model }];
    });
  }

  isServed(id: string, needs: Needs = {}): boolean {
    return this.workers.some((worker) => readyModel(id, worker, needs) !== undefined);
  }

  /** What some worker can do with a model that is in its memory, or will once it is. */
  offer(id: string): Offer {
    const models = this.workers.flatMap((worker) => modelOf(worker, id) ?? []);
    const stored = this.workers.flatMap(({ storedModels }) =>
      storedModels.filter((model) => model.id === id).flatMap(({ adapters }) => adapters),
    );
    const adapters = new Map(stored.map((name) => [name, { name, rank: 0, memoryBytes: 0 }]));
    for (const { name, rank, memoryBytes } of models.flatMap((model) => model.adapters)) {
      adapters.set(name, { name, rank, memoryBytes });
    }
    return { adapters: [...adapters.values()], vision: models.some(({ vision }) => vision) };
  }

  /** Names of all models that some worker has, or may load. */
  get models(): string[] {
    const names = this.workers.flatMap(({ models, storedModels }) => [
      ...models.map(({ id }) => id),
      ...storedModels.map(({ id }) => id),
    ]);
    return [...new Set(names)];
  }

  /** It is not there any more; should it be, it will say so. */
  remove(worker: string, why: Departure): void {
    if (this.#workers.delete(worker)) this.emit('gone', worker, why);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #receive(payload: Uint8Array): void {
    const announcement = readAnnouncement(payload);
    if (announcement === undefined || !isUnderstood(announcement)) return;
    this.#workers.set(announcement.worker, { announcement, heardAt: performance.now() });
    this.emit('announced', announcement);
  }

  #check(): void {
    const now = performance.now();
    // Where this process was held up, what was said meanwhile has yet to be read.
    const late = now - this.#checkedAt - CHECK_MS;
    this.#checkedAt = now;
    if (late > CHECK_MS) for (const known of this.#workers.values()) known.heardAt += late;
    const silence = [...this.#workers].map(([worker, known]) => ({
      worker,
      ms: now - known.heardAt,
    }));
    // Where none of several is heard, it is the way to them that is silent.
    const isWay = silence.length > 1 && silence.every(({ ms }) => ms > this.#timeoutMs / 2);
    for (const { worker, ms } of silence) {
      if (ms > this.#timeoutMs) this.remove(worker, isWay ? 'pipe' : 'heartbeat');
    }
  }
}

/** Releases may differ side by side, as long as they speak alike. */
function isUnderstood({ protocol, wire }: Announcement): boolean {
  return protocol === FLEET_PROTOCOL_VERSION && wire === WIRE_PROTOCOL_VERSION;
}

function readAnnouncement(payload: Uint8Array): Announcement | undefined {
  try {
    return AnnouncementSchema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
