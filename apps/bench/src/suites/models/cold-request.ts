import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { startLocalServer } from './local-server.ts';

/** The first token of a request whose model has to be loaded for it: beside a load and then a request. */
export const coldRequest: Benchmark = {
  id: 'cold-request',
  async measure({ rounds, progress, contenders: { modelId } }) {
    await using server = await startLocalServer({ model: { keep_alive_ms: -1 } });
    const { engine, ask } = server;
    engine.registerModel(modelId);
    await ask(modelId);
    const away = () => engine.unloadModel(modelId);
    const title = 'first token of a request for a model on disk';
    const pairs = await alternate(title, rounds, progress, {
      async ours() {
        await away();
        return ask(modelId);
      },
      async reference() {
        await away();
        const startedAt = performance.now();
        await engine.loadModel(modelId);
        const loadSeconds = (performance.now() - startedAt) / 1000;
        return loadSeconds + (await ask(modelId));
      },
    });
    return [
      {
        kind: 'comparison',
        id: 'cold-request',
        title,
        unit: 's',
        reference: 'load, then a request',
        bar: atMost(1.3),
        rounds: pairs,
      },
    ];
  },
};
