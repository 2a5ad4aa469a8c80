import type { Announcement } from '@mlx/schemas/fleet';
import type { ServiceMsg } from '@nats-io/services';
import type { NatsConnection } from '@nats-io/transport-node';
import { isEngineClientError } from '@mlx/schemas';
import { version } from '../../version.js';
import { loadServices } from '../nats/load-nats.js';
import { workerSubject } from '../nats/subjects.js';

interface WorkerService {
  readonly worker: string;
  readonly name: string;
  readonly prefix: string;
  readonly announcement: () => Announcement;
  readonly unload: (model: string) => Promise<void>;
  readonly leave: () => void;
}

/**
 * Joins NATS's services, so that its tools find the worker: ping, info and stats. Names of
 * services take neither `/` nor `.`, so models are told in metadata and in the endpoints' data.
 */
export async function registerService(
  connection: NatsConnection,
  { worker, name, prefix, announcement, unload, leave }: WorkerService,
): Promise<void> {
  const { Svcm } = await loadServices();
  const { models, storedModels } = announcement();
  // The package brings a client of its own, whose types differ; it works with this one's connections.
  const own = connection as unknown as ConstructorParameters<typeof Svcm>[0];
  const service = await new Svcm(own).add({
    name: 'mlx-worker',
    version: /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0',
    description: `MLX models on ${name}`,
    metadata: {
      worker,
      prefix,
      models: models.map(({ id }) => id).join(','),
      storedModels: storedModels.map(({ id }) => id).join(','),
    },
    statsHandler: () => Promise.resolve(announcement()),
  });
  const group = service.addGroup(workerSubject(prefix, worker));
  group.addEndpoint('info', (_error, message) => message.respond(JSON.stringify(announcement())));
  group.addEndpoint('drain', (_error, message) => {
    leave();
    message.respond('{}');
  });
  group.addEndpoint('unload', (_error, message) => void answerUnload(message, unload));
}

async function answerUnload(message: ServiceMsg, unload: WorkerService['unload']): Promise<void> {
  try {
    await unload(message.string());
    message.respond('{}');
  } catch (thrown) {
    const text = isEngineClientError(thrown) ? thrown.message : 'The model could not be unloaded';
    message.respondError(isEngineClientError(thrown) ? thrown.httpStatus : 500, text);
  }
}
