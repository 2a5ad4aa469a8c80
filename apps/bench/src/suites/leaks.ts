import { setTimeout as sleep } from 'node:timers/promises';
import type { OurServer } from '../peers/our-server.ts';
import type { Inspection } from '../serving/messages.ts';

const SETTLE_TIMEOUT_MS = 30_000;
/** Allocators keep some of what they were given; more than this is a leak. */
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * The server's state once no row is left, its idle connections are closed, and
 * the process that may take over next has been started; throws when rows stay.
 */
export async function settled(server: OurServer): Promise<Inspection> {
  // Connections kept alive would count as open files on one side of a comparison only.
  server.endpoint.agent.destroy();
  const giveUpAt = performance.now() + SETTLE_TIMEOUT_MS;
  let previous = await server.inspect();
  for (;;) {
    await sleep(200);
    const current = await server.inspect();
    const isSteady = current.node.descriptors === previous.node.descriptors;
    if (rowsLeft(current) === 0 && current.spare && isSteady) return current;
    if (performance.now() > giveUpAt) {
      const rows = JSON.stringify(current.batch.rows);
      throw new Error(`The server does not come to rest after all requests ended: ${rows}`);
    }
    previous = current;
  }
}

/** What `count` requests left behind, in words; empty when nothing. */
export function leaks(before: Inspection, after: Inspection, count: number): string[] {
  const found: string[] = [];
  const admitted = after.batch.requests.admitted - before.batch.requests.admitted;
  const ended = endedRequests(after) - endedRequests(before);
  if (ended > count) found.push(`${ended} requests ended of ${count} sent`);
  // Those that are cancelled while they wait are never admitted, and end all the same.
  if (admitted > ended) found.push(`${admitted} requests admitted, ${ended} ended`);
  const failed = after.batch.requests.failed - before.batch.requests.failed;
  if (failed > 0) found.push(`${failed} requests failed`);
  for (const process of ['node', 'sidecar'] as const) {
    const files = after[process].descriptors - before[process].descriptors;
    if (files > 0) found.push(`${files} descriptors open in the ${process} process`);
  }
  return found;
}

/** Memory of the sidecar that neither state had before and no cached prefix explains, in words. */
export function leakedBytes(before: Inspection, after: Inspection): string[] {
  const bytes = bytesBesideCache(after) - bytesBesideCache(before);
  return bytes > SPARE_BYTES ? [`${Math.round(bytes / 2 ** 20)} MiB of memory kept`] : [];
}

function rowsLeft({ batch: { rows } }: Inspection): number {
  return rows.queued + rows.prefilling + rows.decoding + rows.paused;
}

function endedRequests({ batch: { requests } }: Inspection): number {
  return requests.finished + requests.cancelled + requests.failed;
}

function bytesBesideCache({ sidecar, cache }: Inspection): number {
  return sidecar.residentBytes - cache.bytes;
}
