import * as z from 'zod';

const Path = z.string().min(1);
const Milliseconds = z.int().min(10).max(600_000);
const Word = z.string().regex(/^[\w-]{1,48}$/, 'Letters, digits, - and _ only, at most 48');
const Server = z.string().min(1);

/** Paths of PEM files. */
const TlsSchema = z.strictObject({
  /** Whom to trust; absent: the authorities that Node knows. */
  ca: Path.optional(),
  /** Who this is, for servers that verify their clients. */
  cert: Path.optional(),
  key: Path.optional(),
});

/** How a gateway or a worker joins a fleet over NATS. Times are in milliseconds, files are paths. */
export const FleetOptionsSchema = z.strictObject({
  /** NATS servers, such as `nats://host:4222` or `tls://host:4222`; several are those of one cluster. */
  servers: z.union([Server.transform((server) => [server]), z.array(Server).min(1)]),
  /** What people call this worker or gateway; default: the machine's name. */
  name: Word.optional(),
  /** Begins all subjects: fleets with different ones do not see each other. */
  prefix: Word.default('mlx'),
  /** Files with a secret, so that none stands in a configuration. */
  tokenFile: Path.optional(),
  nkeySeedFile: Path.optional(),
  /** As `nsc` writes it: a JWT and its seed. */
  credentialsFile: Path.optional(),
  user: z.string().min(1).optional(),
  passwordFile: Path.optional(),
  tls: TlsSchema.optional(),
  /**
   * A secret that all gateways share: they call the prompts that workers keep by hashes made with
   * it. Absent: by hashes that whoever reads what workers announce can try texts on.
   */
  promptKeyFile: Path.optional(),
  /** How often a worker says that it lives. */
  heartbeatIntervalMs: Milliseconds.default(250),
  /** A worker that was silent for so long is taken for dead, and its requests go elsewhere. */
  heartbeatTimeoutMs: Milliseconds.default(1500),
  /** How long a request waits for a worker where there is none. */
  waitForWorkerMs: z.int().min(0).max(600_000).default(400),
  /**
   * A model whose workers have had no place left for so long is loaded on one more, where there is
   * room; 0: never.
   */
  spreadAfterMs: z.int().min(0).max(600_000).default(2000),
  /** Longest frame that a worker takes, in bytes, however many messages carry it. */
  maxFrameBytes: z.int().min(1024).max(67_108_864).default(67_108_864),
  /** How long requests that run may take to finish when a worker leaves; the others are handed over. */
  drainTimeoutMs: z.int().min(0).max(86_400_000).default(60_000),
  labels: z.record(z.string().max(64), z.string().max(256)).default({}),
});
export type FleetOptions = z.infer<typeof FleetOptionsSchema>;
export type FleetOptionsInput = z.input<typeof FleetOptionsSchema>;
