import { expect, test } from 'vitest';
import { rejection, textOf } from './support/chunks.js';
import { fakeEngine } from './support/fake-engine.js';
import type { GeneratorChunk } from '@mlx/schemas';

test('the older names take snake_case options and do the same', async () => {
  const { engine } = fakeEngine();
  const handle = await engine.load_model({ model: 'm', trust_remote_code: false });
  expect(await engine.list_models()).toEqual([handle]);
  expect(await engine.get_model_info('m')).toEqual(handle);
  const chunks: GeneratorChunk[] = [];
  const params = { model: 'm', prompt: 'x y', max_tokens: 9, stop_sequences: ['zzz'] };
  const stream = engine.create_generator(params, { stream_id: 's', timeout_ms: 60_000 });
  for await (const chunk of stream) chunks.push(chunk);
  expect(textOf(chunks)).toBe(await engine.generate({ model: 'm', prompt: 'x y', maxTokens: 9 }));
  const messages = [{ role: 'user', content: 'a b c' }];
  expect(await engine.count_tokens({ model: 'm', messages })).toBe(3);
  expect(await engine.health_check()).toMatchObject({ healthy: true });
  expect(await engine.get_runtime_info()).toMatchObject({ status: 'ready' });
  await engine.load_draft_model({ model: 'd' });
  expect(await engine.is_draft_model_compatible('m', 'd')).toMatchObject({ compatible: true });
  await engine.unload_draft_model('d');
  await engine.warmup_model('m');
  expect(await engine.get_batch_stats('m')).toMatchObject({ requests: { finished: 3 } });
  await engine.reset_batch_stats();
  expect(await engine.get_batch_stats()).toMatchObject({ requests: { finished: 0 } });
  expect(await engine.get_cache_stats()).toMatchObject({ hits: 0 });
  await engine.flush_batches();
  for await (const chunk of engine.chat_stream(messages)) {
    if (chunk.type === 'token') break;
  }
  await engine.unload_model('m');
  expect(await engine.list_models()).toEqual([]);
});

test('faults reject, as they do under the newer names', async () => {
  const { engine } = fakeEngine();
  await engine.load_model('m');
  const twice = { model: 'm', prompt: 'x', max_tokens: 1, maxTokens: 2 };
  expect(await rejection(engine.create_generator(twice).next())).toMatchObject({
    code: 'InvalidParams',
  });
  const unknown = { model: 'm', prompt: 'x', max_new_tokens: 1 };
  expect(await rejection(engine.create_generator(unknown).next())).toMatchObject({
    details: { field: 'max_new_tokens' },
  });
  expect(await rejection(engine.load_model({ model: 'n', quantization: 'int16' }))).toMatchObject({
    code: 'InvalidParams',
    details: { field: 'quantization' },
  });
});
