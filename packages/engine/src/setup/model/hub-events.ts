type HubFailureReason =
  'denied' | 'disk-full' | 'failed' | 'not-found' | 'revision-not-found' | 'unreachable';

/** What `mlx_runtime.setup hub` reports, a line each. */
export type HubEvent =
  | { readonly event: 'started' }
  | { readonly event: 'resolved'; readonly commit: string; readonly bytes: number }
  | { readonly event: 'done' }
  | { readonly event: 'failed'; readonly reason: HubFailureReason; readonly message: string };

/** Anything else on its output, such as a library's warning, is undefined. */
export function parseHubEvent(line: string): HubEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  try {
    return JSON.parse(line) as HubEvent;
  } catch {
    return undefined;
  }
}
