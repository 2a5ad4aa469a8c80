import type {
  GenerateRequest,
  PullStream,
  RequestOptions,
  SidecarMethod,
  SidecarState,
  StreamOptions,
} from '@mlx/bridge';
import type { WireParams, WireResult, WireTokenRow } from '@mlx/schemas/wire';
import type { ModelLink } from '../../runner/model-process.js';
import { invalidParameter } from '../../support/errors.js';
import type { PromptBlocks } from '../routing/index.js';
import type { RemoteModel } from './remote-model.js';

/** A worker that was chosen, for one request or for calls that any worker answers alike. */
export class FleetLink implements ModelLink {
  readonly #remote: RemoteModel;
  readonly #onClose: (() => void) | undefined;
  readonly #promptBlocks: PromptBlocks | undefined;
  #used = false;

  /**
   * @param onClose told that the one generation which may be made on it is over
   * @param promptBlocks what that generation's prompt is called
   */
  constructor(remote: RemoteModel, onClose?: () => void, promptBlocks?: PromptBlocks) {
    this.#remote = remote;
    this.#onClose = onClose;
    this.#promptBlocks = promptBlocks;
  }

  get state(): SidecarState {
    return this.#remote.over ? 'exited' : 'ready';
  }

  /** Somebody generates, or has generated, on it. */
  get used(): boolean {
    return this.#used;
  }

  async start(): Promise<WireResult<'initialize'>> {
    return (await this.#remote.facts()).runtime;
  }

  async request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options: RequestOptions = {},
  ): Promise<WireResult<M>> {
    if (method !== 'load') return this.#remote.request(method, params, options);
    refuseOwners(params as WireParams<'load'>);
    return (await this.#remote.facts()).loaded as WireResult<M>;
  }

  generate(request: GenerateRequest, options: StreamOptions = {}): PullStream<WireTokenRow> {
    this.#used = true;
    const named = { ...request, promptBlocks: this.#promptBlocks };
    return this.#remote.generate(named, { ...options, onClose: this.#onClose });
  }
}

/** What a worker's owner decides cannot be asked for from elsewhere. */
function refuseOwners({ weights, promptStore, vision }: WireParams<'load'>): void {
  const asked = Object.entries({ weights, promptStore, vision }).find(
    ([, value]) => value !== undefined,
  );
  if (asked === undefined) return;
  throw invalidParameter(
    asked[0],
    'Workers of a fleet decide how they load a model; start them so',
  );
}
