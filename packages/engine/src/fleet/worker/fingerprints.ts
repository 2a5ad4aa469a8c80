import { createHash } from 'node:crypto';
import type { AttachedAdapter } from '../../models/adapter-shelf.js';
import type { ModelFacts } from '../../models/model-facts.js';

const fingerprints = new WeakMap<object, string>();

/** Equal where weights, their form and what computes with them are. */
export function fingerprintOf(facts: ModelFacts): string {
  const known = fingerprints.get(facts);
  if (known !== undefined) return known;
  const { loaded, runtime } = facts;
  const { architecture, vocabSize, parameterCount, weightBytes, capabilities } = loaded;
  const { mlxVersion, mlxLmVersion, runtimeVersion, device } = runtime;
  const { weights, kvBits } = capabilities;
  const what = [architecture, vocabSize, parameterCount, weightBytes, weights, kvBits];
  const how = [mlxVersion, mlxLmVersion, runtimeVersion, device.kind];
  const fingerprint = digestOf([what, how]);
  fingerprints.set(facts, fingerprint);
  return fingerprint;
}

/** Equal where the model's is, and as much as is known of the adapter. */
export function adapterFingerprint(model: string, { name, loaded }: AttachedAdapter): string {
  return digestOf([model, name, loaded.rank, loaded.memoryBytes]);
}

const digestOf = (values: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
