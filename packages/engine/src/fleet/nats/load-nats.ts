import { EngineClientError } from '@mlx/schemas';
import type * as Services from '@nats-io/services';
import type * as Nats from '@nats-io/transport-node';

/** The client, which only those who use a fleet have to install. */
export const loadNats = (): Promise<typeof Nats> =>
  orExplain(() => import('@nats-io/transport-node'), '@nats-io/transport-node');

export const loadServices = (): Promise<typeof Services> =>
  orExplain(() => import('@nats-io/services'), '@nats-io/services');

async function orExplain<Module>(load: () => Promise<Module>, name: string): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new EngineClientError(
      'RuntimeError',
      `A fleet needs the package ${name}, which is not installed. Run: npm install @nats-io/transport-node @nats-io/services`,
      { cause, details: { type: 'missing_package', package: name } },
    );
  }
}
