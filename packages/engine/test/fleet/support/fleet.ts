import { randomUUID } from 'node:crypto';
import type { FakeScript } from '@mlx/bridge/testing';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import type { FleetOptionsInput } from '@mlx/schemas/fleet';
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
  readonly options?: Partial<FleetOptionsInput>;
}

/** Workers over fake sidecars and gateways, of one fleet that nothing else belongs to. */
export class TestFleet {
  readonly prefix = `t${randomUUID().slice(0, 8)}`;
  readonly #server: NatsServer;

  constructor(server: NatsServer) {
    this.#server = server;
  }

  async worker(wishes: WorkerWishes = {}): Promise<TestWorker> {
    const { name = 'worker', config = {}, scripts = [], models = ['m'], options = {} } = wishes;
    const runner = new FakeRunner(config, scripts);
    const engine = createEngine({ config, runner });
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
    model: string | undefined = 'm',
  ): Promise<{ engine: Engine; cable: Cable }> {
    const cable = await Cable.to(this.#server.port);
    const engine = createEngine({ fleet: { prefix: this.prefix, ...options, servers: cable.url } });
    onTestFinished(async () => {
      await engine.dispose();
      cable[Symbol.dispose]();
    });
    if (model !== undefined) await engine.loadModel(model);
    return { engine, cable };
  }
}
