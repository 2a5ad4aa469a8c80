import { randomUUID } from 'node:crypto';
import { systemClock, type CrashReason } from '@mlx/bridge';
import type { EngineClientError } from '@mlx/schemas';
import type { RuntimeConfig } from '@mlx/schemas/config';
import type { AnnouncedModel, Announcement, FleetOptions } from '@mlx/schemas/fleet';
import type { WireProgress } from '@mlx/schemas/wire';
import { toConnectionLimits } from '../../runner/sidecar-options.js';
import { Bus } from '../nats/bus.js';
import {
  answerSubject,
  gatewayBeatsOf,
  questionOf,
  readSession,
  sessionSubject,
} from '../nats/subjects.js';
import { ownName } from '../own-name.js';
import { Dispatcher, readDigest, type ModelView, type WorkerView } from '../routing/index.js';
import { RemoteModel } from './remote-model.js';
import { readPromptKey } from './prompt-key.js';
import { Roster } from './roster.js';
import { Spreading } from './spreading.js';

const BEAT_MS = 1000;
/** Requests wait in the dispatcher, not here. */
const MAX_PENDING = 1_000_000;

interface SessionWishes {
  readonly model: string;
  readonly onProgress: (progress: WireProgress) => void;
  readonly onEnd: (reason: CrashReason) => void;
}

/** This gateway's view of its fleet: who is there, who gets what, and the ways to them. */
export class Fleet {
  readonly options: FleetOptions;
  readonly bus: Bus;
  readonly roster: Roster;
  readonly dispatcher = new Dispatcher();
  readonly spreading: Spreading;
  readonly promptKey: string;
  readonly #gateway: string;
  readonly #sessions = new Map<string, RemoteModel>();
  readonly #config: RuntimeConfig;
  readonly #beats: NodeJS.Timeout;
  /** Why no answer can be heard. */
  #deafness: EngineClientError | undefined;

  constructor(options: FleetOptions, config: RuntimeConfig) {
    this.options = options;
    this.#config = config;
    this.promptKey = readPromptKey(options);
    const name = ownName(options);
    this.#gateway = `${name}.${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    this.bus = new Bus(options, `mlx gateway ${name}`);
    this.roster = new Roster(this.bus, options.heartbeatTimeoutMs);
    this.spreading = new Spreading(this);
    const { bus } = this;
    const mine = answerSubject(bus.prefix, { worker: '', gateway: this.#gateway, session: '*' });
    bus.subscribe(mine, (message) => {
      const { session = '' } = readSession(message.subject) ?? {};
      this.#sessions.get(session)?.receive(message);
    });
    bus.on('refused', (error, subject) => {
      if (subject === mine) this.#deafness = error;
      for (const [session, remote] of this.#sessions) {
        if (subject === mine || subject.endsWith(`.${session}`)) remote.refused(error);
      }
    });
    this.roster.on('announced', (announcement) => {
      this.dispatcher.announce(toView(announcement));
    });
    this.roster.on('gone', (worker, why) => {
      this.dispatcher.leave(worker);
      for (const session of this.#sessions.values()) {
        if (session.worker === worker) session.end(why);
      }
    });
    bus.on('up', () => {
      this.#deafness = undefined;
      bus.publish(questionOf(bus.prefix), '');
    });
    this.#beats = setInterval(() => {
      bus.publish(gatewayBeatsOf(bus.prefix), this.#gateway);
      for (const session of this.#sessions.values()) void session.probe();
    }, BEAT_MS);
  }

  openSession(announcement: Announcement, wishes: SessionWishes): RemoteModel {
    const { worker, name } = announcement;
    const maxFrameBytes = Math.min(this.options.maxFrameBytes, announcement.maxFrameBytes);
    // Nobody who was not told it can speak in it.
    const session = randomUUID().replaceAll('-', '');
    const { bus } = this;
    const names = { worker, gateway: this.#gateway, session };
    const [to, reply] = [sessionSubject(bus.prefix, names), answerSubject(bus.prefix, names)];
    const remote = new RemoteModel({
      worker,
      name,
      ...wishes,
      connection: { ...toConnection(this.#config), maxFrameBytes },
      maxMessageBytes: () => bus.maxPayload,
      publish: (message) => bus.publish(to, message, reply),
      isLeaving: () => this.roster.get(worker)?.draining === true,
      onNobodyThere: () => this.roster.remove(worker, 'exit'),
      onOver: () => {
        this.#sessions.delete(session);
        if (!bus.up) bus.publishEnd(to);
      },
    });
    this.#sessions.set(session, remote);
    const deafness = this.#deafness;
    if (deafness !== undefined) queueMicrotask(() => remote.refused(deafness));
    return remote;
  }

  async close(): Promise<void> {
    clearInterval(this.#beats);
    this.roster.close();
    await this.bus.close();
  }
}

function toConnection(config: RuntimeConfig) {
  return { ...toConnectionLimits(config), clock: systemClock, maxPendingRequests: MAX_PENDING };
}

function toView({ worker, draining, models }: Announcement): WorkerView {
  return { id: worker, draining, models: models.map(toModelView) };
}

function toModelView({ keptBlocks, adapters, ...model }: AnnouncedModel): ModelView {
  const named = new Map(adapters.map(({ name, fingerprint }) => [name, fingerprint]));
  const view = { ...model, adapters: named };
  return keptBlocks === undefined ? view : { ...view, digest: readDigest(keptBlocks) };
}
