import { expect, test } from 'vitest';
import { rejection, startedSidecar } from '../support/sidecars.js';

const input = [{ type: 'text' as const, text: 'once upon a time' }];
const ignored = { faults: [{ when: { request: 'embed' }, action: { type: 'ignore' } }] } as const;

test('an aborted request that has a stream id is taken back in the sidecar', async () => {
  const sidecar = await startedSidecar(ignored);
  const controller = new AbortController();
  const { signal } = controller;
  const request = rejection(sidecar.request('embed', { streamId: 'e', input }, { signal }));
  const before = sidecar.stats().framesOut;
  controller.abort();
  expect(await request).toMatchObject({ code: 'Cancelled', name: 'AbortError' });
  expect(sidecar.stats().framesOut).toBe(before + 1);
});

test('one that takes too long is taken back too', async () => {
  const sidecar = await startedSidecar(ignored);
  const before = sidecar.stats().framesOut;
  const request = sidecar.request('embed', { streamId: 'e', input }, { timeoutMs: 20 });
  expect(await rejection(request)).toMatchObject({ code: 'Timeout' });
  expect(sidecar.stats().framesOut).toBe(before + 2);
});

test('a request without one is only given up', async () => {
  const sidecar = await startedSidecar({
    faults: [{ when: { request: 'stats' }, action: { type: 'ignore' } }],
  });
  const before = sidecar.stats().framesOut;
  expect(await rejection(sidecar.request('stats', {}, { timeoutMs: 20 }))).toMatchObject({
    code: 'Timeout',
  });
  expect(sidecar.stats().framesOut).toBe(before + 1);
});
