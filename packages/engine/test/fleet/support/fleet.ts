import { randomUUID } from 'node:crypto';
import type { FakeScript } from '@mlx/bridge/testing';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import type { FleetOptionsInput } from '@mlx/schemas/fleet';
import { Svcm, type EndpointStats, type ServiceIdentity } from '@nats-io/services';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { joinFleet, type FleetMembership } from '../../../src/fleet/index.js';
import { createEngine, type Engine } from '../../../src/index.js';
import { FakeRunner } from '../../support/fake-runner.js';
import { Cable } from './cable.js';
import type { NatsServer } from './nats-server.js';

export interface TestWorker {
  readonly engine: Engine;
  readonly membership: FleetMembership;
  readonly cable: Cable;
}

interface WorkerWishes {
  readonly name?: string;
  readonly config?: RuntimeConfigInput;
  readonly scripts?: readonly FakeScript[];
  /** Loaded before it joins. */
  readonly models?: readonly string[];
  /** May be loaded later. */
  readonly stored?: readonly Parameters<Engine['registerModel']>[0][];
  readonly options?: Partial<FleetOptionsInput>;
}

/** Workers over fake sidecars and gateways, of one fleet that nothing else belongs to. */
export class TestFleet {
  readonly prefix: string;
  readonly #server: NatsServer;
  #connection: Promise<NatsConnection> | undefined;

  constructor(server: NatsServer, prefix = `t${randomUUID().slice(0, 8)}`) {
    this.prefix = prefix;
    this.#server = server;
  }

  async worker(wishes: WorkerWishes = {}): Promise<TestWorker> {
    const { name = 'worker', config = {}, scripts = [], options = {} } = wishes;
    const { models = ['m'], stored = [] } = wishes;
    const runner = new FakeRunner(config, scripts);
    const engine = createEngine({ config, runner });
    for (const model of stored) engine.registerModel(model);
    for (const model of models) await engine.loadModel(model);
    const cable = await Cable.to(this.#server.port);
    const servers = cable.url;
    const membership = joinFleet(engine, {
      prefix: this.prefix,
      drainTimeoutMs: 200,
      name,
      ...options,
      servers,
    });
    onTestFinished(async () => {
      await membership.leave();
      await engine.dispose();
      runner[Symbol.dispose]();
      cable[Symbol.dispose]();
    });
    await membership.joined(AbortSignal.timeout(5000));
    return { engine, membership, cable };
  }

  async workers(count: number, wishes: WorkerWishes = {}): Promise<TestWorker[]> {
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        this.worker({ name: `worker-${index + 1}`, ...wishes }),
      ),
    );
  }

  /** A gateway; with the model `m`, which has to be somewhere, unless told otherwise. */
  async gateway(
    options: Partial<FleetOptionsInput> = {},
    model: string | null = 'm',
  ): Promise<{ engine: Engine; cable: Cable }> {
    const cable = await Cable.to(this.#server.port);
    const engine = createEngine({ fleet: { prefix: this.prefix, ...options, servers: cable.url } });
    onTestFinished(async () => {
      await engine.dispose();
      cable[Symbol.dispose]();
    });
    if (model !== null) await engine.loadModel(model);
    return { engine, cable };
  }

  /** What a worker says of itself. */
  async announcementOf(worker: string): Promise<object> {
    return JSON.parse(await this.ask(`${this.prefix}.worker.${worker}.info`)) as object;
  }

  announce(announcement: object): void {
    void this.outsider().then((outsider) =>
      outsider.publish(`${this.prefix}.workers`, JSON.stringify(announcement)),
    );
  }

  async ask(subject: string): Promise<string> {
    return (await (await this.outsider()).request(subject, '')).string();
  }

  /** What the services of NATS tell of this fleet's workers. */
  async services(): Promise<{ ping: ServiceIdentity[]; stats: EndpointStats[] }> {
    const outsider = (await this.outsider()) as unknown as ConstructorParameters<typeof Svcm>[0];
    const client = new Svcm(outsider).client();
    const mine = ({ metadata }: ServiceIdentity) => metadata?.['prefix'] === this.prefix;
    const [ping, stats] = [await gather(await client.ping()), await gather(await client.stats())];
    return { ping: ping.filter(mine), stats: stats.filter(mine) };
  }

  /** A connection of somebody who is neither gateway nor worker. */
  outsider(): Promise<NatsConnection> {
    if (this.#connection === undefined) {
      this.#connection = connect({ servers: this.#server.url });
      onTestFinished(async () => (await this.#connection)?.close());
    }
    return this.#connection;
  }
}

async function gather<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
