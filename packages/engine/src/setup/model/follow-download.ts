import type { SetupContext } from '../context.js';
import { reportGrowth } from '../process/report-growth.js';
import type { StoredModel } from './model-store.js';

type HubFailureReason =
  'denied' | 'disk-full' | 'failed' | 'not-found' | 'revision-not-found' | 'unreachable';

/** What `mlx_runtime.setup hub` reports, a line each. */
export type HubEvent =
  | { readonly event: 'started' }
  | { readonly event: 'resolved'; readonly commit: string; readonly bytes: number }
  | { readonly event: 'done' }
  | { readonly event: 'failed'; readonly reason: HubFailureReason; readonly message: string };

/** Anything else on its output, such as a library's warning, is undefined. */
function parseHubEvent(line: string): HubEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  try {
    return JSON.parse(line) as HubEvent;
  } catch {
    return undefined;
  }
}

/** How long the hub may take to describe the model before it counts as unreachable. */
const answerTimeoutMs = 8000;

export interface FollowedDownload {
  /** Takes one line of the download's output. */
  readonly take: (line: string) => void;
  readonly close: () => void;
  /** Aborts when the hub does not answer in time. */
  readonly silence: AbortSignal;
  /** The commit whose files are fetched, once it is known. */
  readonly commit: () => string | undefined;
  readonly lastEvent: () => HubEvent | undefined;
}

/** Watches a download's events: reports growth, and gives up on a hub that stays silent. */
export function followDownload(model: StoredModel, context: SetupContext): FollowedDownload {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stopReporting: (() => void) | undefined;
  let commit: string | undefined;
  let last: HubEvent | undefined;

  const close = () => {
    clearTimeout(timer);
    stopReporting?.();
  };
  const take = (line: string) => {
    const event = parseHubEvent(line);
    if (!event) return;
    last = event;
    close();
    if (event.event === 'started') timer = setTimeout(() => silence.abort(), answerTimeoutMs);
    if (event.event !== 'resolved') return;
    ({ commit } = event);
    const message = `Downloading ${model.id}`;
    const progress = { step: 'model', message, totalBytes: event.bytes } as const;
    stopReporting = reportGrowth(model.partial, context, progress);
  };
  return { take, close, silence: silence.signal, commit: () => commit, lastEvent: () => last };
}
