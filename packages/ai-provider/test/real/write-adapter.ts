import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Numbers of the default model's hidden states. */
const WIDTH = 576;
const RANK = 2;
const LAYER = 'base_model.model.model.layers.0.self_attn.q_proj';

/** A directory with an adapter of the default model that changes what it writes, as PEFT has it. */
export function writeAdapter(): string {
  const directory = mkdtempSync(join(tmpdir(), 'adapter-'));
  const wave = Float32Array.from({ length: RANK * WIDTH }, (_, index) => 8 * Math.sin(index));
  const weights = safetensors({
    [`${LAYER}.lora_A.weight`]: { shape: [RANK, WIDTH], data: wave },
    [`${LAYER}.lora_B.weight`]: { shape: [WIDTH, RANK], data: wave },
  });
  writeFileSync(join(directory, 'adapter_model.safetensors'), weights);
  const config = { peft_type: 'LORA', r: RANK, lora_alpha: RANK };
  writeFileSync(join(directory, 'adapter_config.json'), JSON.stringify(config));
  return directory;
}

type Tensors = Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

function safetensors(tensors: Tensors): Buffer {
  let offset = 0;
  const header = Object.entries(tensors).map(([name, { shape, data }]) => {
    const offsets = [offset, offset + data.byteLength];
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: offsets }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(BigUint64Array.BYTES_PER_ELEMENT);
  length.writeBigUInt64LE(BigInt(text.length));
  const parts = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer));
  return Buffer.concat([length, text, ...parts]);
}
