/** A secret that clients send, and what whoever has it may do. */
export interface ApiKeyOptions {
  /** Stands in the log beside the requests that came with it. */
  readonly name: string;
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Requests that do work, each minute; without it there is no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** Requests that do work at the same time; without it there is no limit. */
  readonly maxConcurrent?: number | undefined;
}
