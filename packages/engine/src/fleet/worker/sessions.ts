import type { Bus, BusMessage } from '../nats/bus.js';
import {
  answerSubject,
  gatewayBeatsOf,
  goneSubject,
  readSession,
  sessionSubject,
  type SessionName,
} from '../nats/subjects.js';
import { Pipe } from '../wire/pipe.js';
import { Session } from './session.js';
import type { SessionModels } from './session-calls.js';

/** A gateway that was silent for so long is gone, or as good as gone: its rows are given up. */
const GATEWAY_TIMEOUT_MS = 5000;
/** Gateways and models that a worker serves at the same time. */
const MAX_SESSIONS = 4096;

interface SessionsOptions {
  readonly worker: string;
  readonly bus: Bus;
  readonly models: SessionModels;
  readonly maxFrameBytes: number;
}

/** What all gateways ask of this worker. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, { readonly session: Session; readonly gateway: string }>();
  readonly #heard = new Map<string, number>();
  readonly #sweep: NodeJS.Timeout;

  constructor(options: SessionsOptions) {
    const { worker, bus } = options;
    this.#options = options;
    const any = { worker, gateway: '*.*', session: '*' };
    bus.subscribe(sessionSubject(bus.prefix, any), (message) => this.#receive(message));
    bus.subscribe(goneSubject(bus.prefix, any), (message) => this.#gone(message));
    bus.subscribe(gatewayBeatsOf(bus.prefix), ({ payload }) => {
      const gateway = Buffer.from(payload).toString('latin1');
      if (this.#heard.has(gateway)) this.#heard.set(gateway, performance.now());
    });
    bus.on('down', this.#onDown);
    this.#sweep = setInterval(() => this.#endSilent(), GATEWAY_TIMEOUT_MS / 5);
  }

  /** Requests and streams under way. */
  get active(): number {
    return [...this.#sessions.values()].reduce((sum, { session }) => sum + session.active, 0);
  }

  /** Ends all: what runs is the gateways' to send elsewhere. */
  end(): void {
    clearInterval(this.#sweep);
    for (const { session } of this.#sessions.values()) session.end();
  }

  #receive({ subject, payload, nobodyThere }: BusMessage): void {
    const name = readSession(subject);
    if (name === undefined || nobodyThere) return;
    const key = keyOf(name);
    const known = this.#sessions.get(key)?.session;
    // The end of a session that is over here, too, begins no new one.
    if (known === undefined && payload.length === 0) return;
    (known ?? this.#open(key, name))?.receive(payload);
  }

  #open(key: string, { gateway, session: id }: Omit<SessionName, 'worker'>): Session | undefined {
    if (this.#sessions.size >= MAX_SESSIONS) return undefined;
    const { worker, bus, models, maxFrameBytes } = this.#options;
    const name = { worker, gateway, session: id };
    const [to, reply] = [answerSubject(bus.prefix, name), goneSubject(bus.prefix, name)];
    const pipe = new Pipe({
      maxMessageBytes: () => bus.maxPayload,
      publish: (message) => bus.publish(to, message, reply),
    });
    const onOver = () => {
      this.#sessions.delete(key);
      if ([...this.#sessions.values()].some((other) => other.gateway === gateway)) return;
      this.#heard.delete(gateway);
    };
    const session = new Session({ id: key, pipe, models, maxFrameBytes, onOver });
    this.#sessions.set(key, { session, gateway });
    this.#heard.set(gateway, performance.now());
    return session;
  }

  #gone({ subject, nobodyThere }: BusMessage): void {
    const name = readSession(subject);
    if (name !== undefined && nobodyThere) this.#sessions.get(keyOf(name))?.session.over();
  }

  #endSilent(): void {
    const now = performance.now();
    for (const { session, gateway } of this.#sessions.values()) {
      if (now - (this.#heard.get(gateway) ?? now) > GATEWAY_TIMEOUT_MS) session.end();
    }
  }

  /** What was under way has a hole now; gateways that stayed connected are told once that can be done. */
  readonly #onDown = (): void => {
    const { worker, bus } = this.#options;
    for (const [key, { session, gateway }] of this.#sessions) {
      const id = key.slice(gateway.length + 1);
      const subject = answerSubject(bus.prefix, { worker, gateway, session: id });
      bus.publishEnd(subject);
      session.over();
    }
  };
}

const keyOf = ({ gateway, session }: Omit<SessionName, 'worker'>) => `${gateway}.${session}`;
