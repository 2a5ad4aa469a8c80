/** What went over the connection, and what was dropped because it made no sense. */
export interface ConnectionCounters {
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  bytesOut: number;
  tokens: number;
  /** Lines that are not a frame, and frames whose payload breaks its schema. */
  malformedFrames: number;
  invalidUtf8Lines: number;
  oversizedLines: number;
  /** Answers to requests never made. */
  unknownReplies: number;
  /** Second answers to the same request. */
  duplicateReplies: number;
  /** Answers to requests given up on. */
  lateReplies: number;
  /** Rows of streams that do not exist. */
  unknownRows: number;
  /** Rows of streams given up on, while the sidecar had not heard of it. */
  lateRows: number;
  /** Streams dropped because their consumer took nothing. */
  slowConsumers: number;
}

/** Adds what one connection counted to what others did. */
export function addCounters(total: ConnectionCounters, counters: ConnectionCounters): void {
  for (const name of Object.keys(total) as (keyof ConnectionCounters)[]) {
    total[name] += counters[name];
  }
}

export function newCounters(): ConnectionCounters {
  return {
    framesIn: 0,
    bytesIn: 0,
    framesOut: 0,
    bytesOut: 0,
    tokens: 0,
    malformedFrames: 0,
    invalidUtf8Lines: 0,
    oversizedLines: 0,
    unknownReplies: 0,
    duplicateReplies: 0,
    lateReplies: 0,
    unknownRows: 0,
    lateRows: 0,
    slowConsumers: 0,
  };
}
