import { sleep, systemClock } from '@mlx/bridge';
import type { Announcement, FleetOptions } from '@mlx/schemas/fleet';
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineServices } from '../../engine-services.js';
import { toEngineError } from '../../support/errors.js';
import type { Bus } from '../nats/bus.js';
import { announcementsOf, questionOf } from '../nats/subjects.js';
import { toAnnouncement } from './announcement.js';
import { KeptBlocks } from './kept-blocks.js';
import type { FleetMembership } from './membership.js';
import { registerService } from './service.js';
import { Sessions } from './sessions.js';
import { StoredModels } from './stored-models.js';

/** Gateways have heard by then that nothing new is taken. */
const BEATS_OF_NOTICE = 2;
const DRAIN_CHECK_MS = 25;

export interface WorkerOptions {
  readonly id: string;
  readonly name: string;
  readonly bus: Bus;
  readonly options: FleetOptions;
  readonly services: Pick<EngineServices, 'models' | 'settings' | 'events'>;
}

/** One engine as a worker of a fleet: announces itself and answers gateways. */
export class Worker implements FleetMembership {
  readonly worker: string;
  readonly askedToLeave: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #sessions: Sessions;
  readonly #beats: NodeJS.Timeout;
  readonly #kept: KeptBlocks;
  readonly #stored: StoredModels;
  #draining = false;
  #registeredAt: NatsConnection | undefined;
  #left: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    const { id, bus, services } = options;
    this.worker = id;
    this.#options = options;
    this.#sessions = new Sessions({ worker: id, bus, ...options.options, models: services.models });
    this.#kept = new KeptBlocks(services.models);
    this.#stored = new StoredModels(services.models.knownModels);
    this.askedToLeave = new Promise((resolve) => {
      bus.on('up', (connection) => {
        this.#kept.tellAgain();
        this.#announce();
        this.#register(connection, resolve);
      });
    });
    bus.subscribe(questionOf(bus.prefix), () => {
      this.#kept.tellAgain();
      this.#announce();
    });
    const { heartbeatIntervalMs } = options.options;
    this.#beats = setInterval(() => this.#announce(), heartbeatIntervalMs);
  }

  async joined(signal: AbortSignal): Promise<void> {
    const { bus } = this.#options;
    if (bus.up) return;
    await new Promise<void>((resolve, reject) => {
      bus.once('up', () => resolve());
      signal.addEventListener('abort', () => reject(bus.fault()), { once: true });
    });
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #leave(): Promise<void> {
    const { bus, options } = this.#options;
    this.#draining = true;
    this.#announce();
    const deadline = performance.now() + options.drainTimeoutMs;
    const notice = performance.now() + BEATS_OF_NOTICE * options.heartbeatIntervalMs;
    while (bus.up && performance.now() < deadline) {
      if (this.#sessions.active === 0 && performance.now() >= notice) break;
      await sleep(systemClock, DRAIN_CHECK_MS);
    }
    clearInterval(this.#beats);
    this.#kept.close();
    this.#stored.close();
    this.#sessions.end();
    if (bus.up) await bus.flush();
    await bus.close();
  }

  /** Once for each connection: the client itself renews what it subscribed to. */
  #register(connection: NatsConnection, leave: () => void): void {
    if (this.#registeredAt === connection) return;
    this.#registeredAt = connection;
    const { id, name, bus, services } = this.#options;
    registerService(connection, {
      worker: id,
      name,
      prefix: bus.prefix,
      announcement: () => this.#announcement(),
      unload: (model) => services.models.unload(model),
      leave,
    }).catch((thrown: unknown) => services.events.announceError(toEngineError(thrown), {}));
  }

  #announce(): void {
    const { bus } = this.#options;
    const announcement = this.#announcement();
    const models = announcement.models.map((model) => ({
      ...model,
      keptBlocks: this.#kept.take(model.id),
    }));
    const text = firstThatFits(bus.maxPayload, [
      { ...announcement, models },
      announcement,
      { ...announcement, storedModels: [] },
    ]);
    if (text !== undefined) bus.publish(announcementsOf(bus.prefix), text);
  }

  #announcement() {
    const { id, name, options, services } = this.#options;
    return toAnnouncement({
      worker: id,
      name,
      labels: options.labels,
      draining: this.#draining,
      storedModels: this.#stored.all,
      maxFrameBytes: options.maxFrameBytes,
      ...services,
    });
  }
}

/** What a message of the server has no room for is left out. */
function firstThatFits(bytes: number, announcements: readonly Announcement[]): string | undefined {
  for (const announcement of announcements) {
    const text = JSON.stringify(announcement);
    if (Buffer.byteLength(text) <= bytes) return text;
  }
  return undefined;
}
