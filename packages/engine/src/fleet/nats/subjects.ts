/*
 * Where messages go. A worker listens to its own subjects, and so does a gateway; permissions
 * of users are given by these (docs/SCALE.md).
 */

/** All workers announce themselves. */
export const announcementsOf = (prefix: string) => `${prefix}.workers`;
/** A gateway that has just come asks who is there. */
export const questionOf = (prefix: string) => `${prefix}.who`;
/** All gateways say that they live. */
export const gatewayBeatsOf = (prefix: string) => `${prefix}.gateways`;

/** Answers to a member's questions come below. */
export const inboxOf = (prefix: string, name: string) => `${prefix}.inbox.${name}`;

/** What only this worker listens to begins so. */
export const workerSubject = (prefix: string, worker: string) => `${prefix}.worker.${worker}`;

/** Frames to a worker: of one gateway's session with one of its models. */
export function sessionSubject(prefix: string, { worker, gateway, session }: SessionName): string {
  return `${workerSubject(prefix, worker)}.in.${gateway}.${session}`;
}

/** Frames from a worker, and what the server says when it is gone. */
export function answerSubject(prefix: string, { gateway, session }: SessionName): string {
  return `${prefix}.gateway.${gateway}.${session}`;
}

/** Where the server tells a worker that a gateway is gone. */
export function goneSubject(prefix: string, { worker, gateway, session }: SessionName): string {
  return `${workerSubject(prefix, worker)}.gone.${gateway}.${session}`;
}

/** One gateway's exchange with one model of one worker. */
export interface SessionName {
  readonly worker: string;
  /** One life of one gateway: its name, so that rights can be given by it, and what no other life has. */
  readonly gateway: string;
  readonly session: string;
}

/** The gateway and the session that a worker's message is about. */
export function readSession(subject: string): Pick<SessionName, 'gateway' | 'session'> | undefined {
  const [session, life, name] = subject.split('.').toReversed();
  if (session === undefined || life === undefined || name === undefined) return undefined;
  return { gateway: `${name}.${life}`, session };
}
