import { BlockIndex } from './block-index.js';
import { Bounds, type Pressure } from './bounds.js';
import type { Choice, Reason } from './choice.js';
import { homeOf } from './home.js';
import { Member } from './member.js';
import type { PrefixDigest } from './prefix-digest.js';
import type { RouteRequest } from './route-request.js';
import type { RouterOptions } from './router-options.js';
import { lessLoadedOfTwo } from './two-choices.js';
import type { ModelView, WorkerView } from './worker-view.js';

interface Running {
  readonly member: Member;
  readonly names: readonly number[];
}

interface Pick {
  readonly member: Member;
  readonly reason: Reason;
}

/** The workers that have one model, and what runs on them. */
export class ModelPool {
  readonly #options: Required<RouterOptions>;
  readonly #members = new Map<string, Member>();
  readonly #index = new BlockIndex();
  readonly #bounds: Bounds;
  readonly #running = new Map<string, Running>();

  constructor(options: Required<RouterOptions>) {
    this.#options = options;
    this.#bounds = new Bounds(options);
  }

  announce(worker: WorkerView, model: ModelView): void {
    const member = this.#memberOf(worker.id);
    this.#bounds.change(member, () => {
      member.announce(worker, model);
      if (model.digest !== undefined) this.#replaceHeld(member, model.digest);
    });
  }

  leave(workerId: string): void {
    const member = this.#members.get(workerId);
    if (member === undefined) return;
    this.#members.delete(workerId);
    this.#bounds.forget(member);
    member.open = false;
    for (const name of [...member.held, ...member.learned.names()]) {
      this.#index.remove(name, member);
    }
    for (const [id, running] of this.#running) {
      if (running.member === member) this.#running.delete(id);
    }
  }

  /** What runs on the workers that take requests, or those for an adapter, and what they decode together. */
  pressure(adapter?: string): Pressure {
    if (adapter === undefined) return this.#bounds.pressure;
    const able = [...this.#members.values()].filter(
      (member) => member.open && member.fingerprintOf(adapter) !== undefined,
    );
    return {
      load: able.reduce((sum, { load }) => sum + load, 0),
      slots: able.reduce((sum, { slots }) => sum + slots, 0),
    };
  }

  choose(request: RouteRequest): Choice {
    const pick = this.#pick(request);
    if (pick === undefined) return { type: this.#isAbsent(request) ? 'absent' : 'full' };
    const { member, reason } = pick;
    const { names } = request.blocks;
    const cachedShare = this.#cachedShare(member, request);
    this.#bounds.change(member, () => {
      member.own += 1;
      member.learned.begin(names);
      for (const name of names) this.#index.add(name, member);
    });
    this.#index.follow(names);
    this.#running.set(request.id, { member, names });
    return { type: 'placed', workerId: member.workerId, reason, cachedShare };
  }

  finished(requestId: string, computed: boolean): void {
    const running = this.#running.get(requestId);
    if (running === undefined) return;
    this.#running.delete(requestId);
    const { member, names } = running;
    this.#bounds.change(member, () => {
      member.own -= 1;
      this.#forget(member, member.learned.end(names, computed));
    });
  }

  #pick(request: RouteRequest): Pick | undefined {
    return this.#byPrefix(request) ?? this.#elsewhere(request);
  }

  /**
   * The members that hold most of the prompt, as SGLang's cache-aware router does; where the prompt
   * parts from what it has in common with others it may begin anywhere, so not where much is kept.
   */
  #byPrefix(request: RouteRequest): Pick | undefined {
    const { names } = request.blocks;
    const { depth, branches } = this.#index.reach(names);
    for (let place = depth - 1; place >= 0; place -= 1) {
      const holders = [...this.#index.holders(names[place] ?? 0)].filter(
        (member) => this.#takes(member, request) && (!branches || this.#bounds.keepsLittle(member)),
      );
      const member = lessLoadedOfTwo(holders, this.#options.random);
      if (member !== undefined) return { member, reason: 'prefix' };
    }
    return undefined;
  }

  #elsewhere(request: RouteRequest): Pick | undefined {
    const { names } = request.blocks;
    const members = [...this.#members.values()];
    const withRoom = members.filter((member) => this.#takes(member, request));
    const first = names[this.#index.reach(names).depth] ?? names[0];
    const home = first === undefined ? undefined : homeOf(first, withRoom);
    if (home !== undefined) return { member: home, reason: 'home' };
    const open = members.filter(
      (member) => canServe(member, request) && !this.#bounds.isFull(member),
    );
    const among = withRoom.length > 0 ? withRoom : open;
    const member = lessLoadedOfTwo(among, this.#options.random);
    return member === undefined ? undefined : { member, reason: 'load' };
  }

  #takes(member: Member, request: RouteRequest): boolean {
    return canServe(member, request) && this.#bounds.hasRoom(member);
  }

  #isAbsent(request: RouteRequest): boolean {
    return ![...this.#members.values()].some((member) => canServe(member, request));
  }

  #cachedShare(member: Member, { blocks }: RouteRequest): number {
    const missing = blocks.names.findIndex(
      (name) => !member.held.has(name) && !member.learned.has(name),
    );
    const depth = missing === -1 ? blocks.names.length : missing;
    return depth === 0 ? 0 : (blocks.ends[depth - 1] ?? 0) / blocks.length;
  }

  #memberOf(workerId: string): Member {
    const known = this.#members.get(workerId);
    if (known !== undefined) return known;
    const member = new Member(workerId, this.#options.maxLearnedBlocks);
    this.#members.set(workerId, member);
    return member;
  }

  #replaceHeld(member: Member, digest: PrefixDigest): void {
    const before = member.held;
    member.held = digest;
    for (const name of digest) this.#index.add(name, member);
    this.#forget(member, before);
    this.#forget(member, member.learned.settle());
  }

  /** Takes out what the member holds no more for any reason. */
  #forget(member: Member, names: Iterable<number>): void {
    for (const name of names) {
      if (member.held.has(name) || member.learned.has(name)) continue;
      this.#index.remove(name, member);
    }
  }
}

function canServe(member: Member, request: RouteRequest): boolean {
  const { avoid, adapter, vision, fingerprint } = request;
  if (!member.open || avoid?.has(member.workerId) === true) return false;
  if (vision === true && !member.vision) return false;
  const own = member.fingerprintOf(adapter);
  return own !== undefined && (fingerprint === undefined || fingerprint === own);
}
