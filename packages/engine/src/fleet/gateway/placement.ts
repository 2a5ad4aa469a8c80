import { sleep, systemClock, type GenerateRequest } from '@mlx/bridge';
import { cancelledError } from '@mlx/schemas';
import { promptBlocks, type OnPlaced, type RouteRequest } from '../routing/index.js';
import { modelOf } from '../placing/room.js';
import type { Needs } from '../placing/where-to-load.js';
import { Attempts, type Attempt } from './attempts.js';
import { noWorker } from './errors.js';
import type { Fleet } from './fleet.js';
import { FleetLink } from './fleet-link.js';
import type { RemoteModel } from './remote-model.js';
import type { RemoteModels } from './remote-models.js';
import { untilHeard } from './until-heard.js';

/** What is announced meanwhile may change what is possible. */
const PAUSE_MS = 20;

type Placed = Parameters<OnPlaced>[0];

/** What stays the same however often a request is placed. */
type Asked = Needs & Pick<RouteRequest, 'blocks'>;

/** Finds each request its worker, and says when it has left it. */
export class Placement {
  readonly #fleet: Fleet;
  readonly #model: string;
  readonly #remotes: RemoteModels;
  readonly #attempts = new Attempts();
  #placements = 0;

  constructor(fleet: Fleet, model: string, remotes: RemoteModels) {
    this.#fleet = fleet;
    this.#model = model;
    this.#remotes = remotes;
  }

  /**
   * A link to the worker for the request, once there is a place. Rejects with a retryable error
   * where no worker has the model for `waitForWorkerMs`.
   */
  async place(request: GenerateRequest, signal: AbortSignal): Promise<FleetLink> {
    const { roster, options, bus } = this.#fleet;
    const attempt = this.#attempts.of(request.streamId);
    const needs = needsOf(request);
    const asked = { ...needs, blocks: promptBlocks(request, this.#fleet.promptKey) };
    const deadline = performance.now() + options.waitForWorkerMs;
    for (;;) {
      const link = await this.#tryToPlace(request, asked, attempt, signal);
      if (link !== undefined) return link;
      const left = deadline - performance.now();
      const serving = () => roster.isServed(this.#model, needs) || undefined;
      // One that failed it is better than none.
      if (attempt.failed.size > 0 && serving()) attempt.failed.clear();
      else if (!serving() && (await this.#remotes.bringUp(needs, signal))) continue;
      else if (left <= 0 || !(await untilHeard(roster, serving, left, signal))) {
        throw noWorker(this.#model, bus, needs);
      } else await sleep(systemClock, PAUSE_MS, signal);
    }
  }

  async #tryToPlace(
    request: GenerateRequest,
    asked: Asked,
    attempt: Attempt,
    signal: AbortSignal,
  ): Promise<FleetLink | undefined> {
    const route = this.#toRoute(request, asked, attempt);
    const choice = await this.#submit(route, signal);
    if (choice.type !== 'placed') return undefined;
    const remote = this.#remotes.of(choice.workerId);
    if (remote === undefined) {
      this.#fleet.dispatcher.finished(route.id, false);
      return undefined;
    }
    attempt.fingerprint ??= this.#fingerprintAt(choice.workerId, route.adapter);
    return this.#link(route, request.streamId, attempt, remote);
  }

  #toRoute(request: GenerateRequest, asked: Asked, { failed, fingerprint }: Attempt): RouteRequest {
    this.#placements += 1;
    const { streamId, tenant = '', priority, resumeTokens } = request;
    return {
      id: `${streamId}#${this.#placements}`,
      model: this.#model,
      tenant,
      priority,
      ...asked,
      avoid: failed.size === 0 ? undefined : new Set(failed),
      fingerprint: resumeTokens === undefined ? undefined : fingerprint,
    };
  }

  #submit(route: RouteRequest, signal: AbortSignal): Promise<Placed> {
    const { dispatcher } = this.#fleet;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        dispatcher.withdraw(route.id);
        reject(cancelledError(signal.reason));
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      dispatcher.submit(route, (choice) => {
        signal.removeEventListener('abort', onAbort);
        resolve(choice);
      });
    });
  }

  #link(
    { id, blocks }: RouteRequest,
    streamId: string,
    attempt: Attempt,
    remote: RemoteModel,
  ): FleetLink {
    const over = () => {
      this.#fleet.dispatcher.finished(id, !remote.over);
      if (remote.over) attempt.failed.add(remote.worker);
      else this.#attempts.over(streamId);
    };
    const link = new FleetLink(remote, over, blocks);
    // Its caller may have left while the worker was chosen.
    setImmediate(() => {
      if (!link.used) over();
    });
    return link;
  }

  #fingerprintAt(worker: string, adapter: string | undefined): string | undefined {
    const announced = this.#fleet.roster.get(worker);
    const model = announced && modelOf(announced, this.#model);
    if (adapter === undefined) return model?.fingerprint;
    return model?.adapters.find(({ name }) => name === adapter)?.fingerprint;
  }
}

function needsOf({ adapter, prompt }: GenerateRequest): Needs {
  const messages = prompt.type === 'chat' ? prompt.messages : [];
  const vision = messages.some(({ parts = [] }) => parts.some(({ image }) => image !== undefined));
  return { adapter, vision };
}
