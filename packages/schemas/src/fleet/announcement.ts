import * as z from 'zod';

/** Raised when gateways and workers of an older release could not work with this one. */
export const FLEET_PROTOCOL_VERSION = 2;

const Count = z.int().nonnegative();
const Name = z.string().min(1).max(256);

/** An adapter beside a model; the numbers are 0 until it is loaded. */
const AnnouncedAdapterSchema = z.object({
  name: Name,
  /** Equal where a request to model and adapter gives the same answer. */
  fingerprint: z.string().max(128),
  rank: Count,
  memoryBytes: z.number().nonnegative(),
});
export type AnnouncedAdapter = z.infer<typeof AnnouncedAdapterSchema>;

/** A model that a worker has in memory, or brings there. */
const AnnouncedModelSchema = z.object({
  id: Name,
  /** False while it is loaded, or started again. */
  ready: z.boolean(),
  /** Equal where the same request gives the same answer: weights, their form, the runtime. Empty until it was loaded once. */
  fingerprint: z.string().max(128),
  /** Requests that it decodes together. */
  slots: Count,
  /** Requests that run or wait there, whoever sent them. */
  requests: Count,
  /** Adapters that requests may name. */
  adapters: z.array(AnnouncedAdapterSchema).max(1000),
  /** It sees images. */
  vision: z.boolean(),
  /** Requests had it loaded, and it leaves by itself when it is not used: gateways may have it make room. */
  onDemand: z.boolean(),
  /** Bytes of this machine's memory that its weights and key-value caches take, in all of its processes. */
  memoryBytes: z.number().nonnegative(),
  /** Bytes that its kept prefixes may take. */
  prefixCacheBytes: z.number().nonnegative(),
  /**
   * Names of the blocks of prompts that it keeps computed: base64 of 32 bits for each, the lowest
   * byte first. Absent: as told last.
   */
  keptBlocks: z.base64().max(524_288).optional(),
});
export type AnnouncedModel = z.infer<typeof AnnouncedModelSchema>;

/** A model that requests may have a worker load. */
const StoredModelSchema = z.object({
  id: Name,
  /** Bytes that it will take; absent: its files do not tell. */
  memoryBytes: z.number().nonnegative().optional(),
  /** Names of the adapters that are loaded together with it. */
  adapters: z.array(Name).max(1000),
});
export type StoredModel = z.infer<typeof StoredModelSchema>;

/** What a worker says of itself, several times a second; its silence is its death. */
export const AnnouncementSchema = z.object({
  protocol: z.int(),
  /** Version of the frames that its models take. */
  wire: z.int(),
  /** One life of one worker process: its name, so that permissions can be given by it, and what no other life has. */
  worker: z.string().regex(/^[\w-]{1,48}\.[\w-]{1,32}$/),
  /** What people call it. */
  name: z.string().max(80),
  /** Release of the packages that it runs. */
  version: z.string().max(64),
  /** It finishes what it has and takes nothing new. */
  draining: z.boolean(),
  /** Bytes that its models may take together. */
  memoryBudgetBytes: z.number().nonnegative(),
  /** Models that it may have in memory. */
  maxModels: Count,
  /** Longest frame that it takes. */
  maxFrameBytes: Count,
  /** Models in memory. */
  models: z.array(AnnouncedModelSchema).max(1000),
  storedModels: z.array(StoredModelSchema).max(10_000),
  /** What its owner says of it, such as a rack or a kind of machine. */
  labels: z.record(z.string().max(64), z.string().max(256)).default({}),
});
export type Announcement = z.infer<typeof AnnouncementSchema>;
