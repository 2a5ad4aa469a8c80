import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readTensors, type TensorInfo } from './safetensors-header.js';

const Size = z.number().int().positive().optional().catch(undefined);

/** What holds for all modules, and by name for those that differ. */
const QuantizationSchema = z.looseObject({ bits: Size, group_size: Size });
type Quantization = z.infer<typeof QuantizationSchema>;
const ModuleSchema = z.object({ group_size: z.int().positive() });

const ConfigSchema = z.looseObject({
  model_type: z.string().optional().catch(undefined),
  architectures: z.array(z.string()).optional().catch(undefined),
  use_bidirectional_attention: z.boolean().optional().catch(undefined),
  hidden_size: Size,
  num_hidden_layers: Size,
  num_attention_heads: Size,
  num_key_value_heads: Size,
  head_dim: Size,
  kv_lora_rank: Size,
  qk_rope_head_dim: Size,
  max_position_embeddings: Size,
  vocab_size: Size,
  tie_word_embeddings: z.boolean().optional().catch(undefined),
  layer_types: z.array(z.string()).optional().catch(undefined),
  quantization: QuantizationSchema.optional().catch(undefined),
});
type Config = z.infer<typeof ConfigSchema>;

/** What can be told of a model by looking at its files; nothing is loaded. */
export interface ModelOutline {
  /** Such as `llama`. */
  readonly architecture: string;
  readonly parameterCount: number;
  /** Bits per weight as stored; undefined: not quantised. */
  readonly bits: number | undefined;
  /** Bytes of the weight files. */
  readonly weightBytes: number;
  /** Bytes of the weights with every number that is not packed in float32. */
  readonly widenedBytes: number;
  /** Most tokens of prompt and answer together; undefined where the model does not say. */
  readonly contextLength: number | undefined;
  /** What the model does where it reads texts in both directions and writes none. */
  readonly encoder: 'embedding' | 'reranking' | undefined;
  /** Numbers that the key-value cache holds for one token; layers with a window of fixed length left out. */
  readonly cacheNumbersPerToken: number;
  /** The same, as if every layer kept all tokens. */
  readonly rowNumbersPerToken: number;
  /** Of its parameters, those of embeddings and head, which every rank holds whole. */
  readonly tableParameters: number;
  /** Each rank keeps the keys and values of its own heads only. */
  readonly cacheIsDivided: boolean;
}

/** Throws what reading throws where the directory holds no model. */
export async function outlineModel(directory: string): Promise<ModelOutline> {
  const config = await readConfig(directory);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.safetensors'));
  const files = names.map((name) => join(directory, name));
  const [sizes, headers] = await Promise.all([
    Promise.all(files.map(async (file) => (await stat(file)).size)),
    Promise.all(files.map(readTensors)),
  ]);
  const tensors = new Map(headers.flatMap((header) => [...header]));
  return {
    architecture: config.model_type ?? 'unknown',
    parameterCount: countParameters(tensors, config),
    bits: config.quantization?.bits,
    weightBytes: sizes.reduce((sum, size) => sum + size, 0),
    widenedBytes: sumOf(tensors, ({ dtype, count, bytes }) =>
      floats.has(dtype) ? 4 * count : bytes,
    ),
    contextLength: config.max_position_embeddings,
    encoder: encoderKind(config),
    cacheNumbersPerToken: encoderKind(config) ? 0 : cacheNumbersPerToken(config),
    rowNumbersPerToken: 2 * (config.num_hidden_layers ?? 0) * keyNumbers(config),
    tableParameters: countTables(config),
    cacheIsDivided: config.kv_lora_rank === undefined,
  };
}

const encoders = new Set(['bert', 'roberta', 'xlm-roberta', 'modernbert']);

function encoderKind(config: Config): ModelOutline['encoder'] {
  if (!encoders.has(config.model_type ?? '') && config.use_bidirectional_attention !== true) {
    return undefined;
  }
  const judges = config.architectures?.some((name) => name.endsWith('ForSequenceClassification'));
  return judges ? 'reranking' : 'embedding';
}

/** Models that see more than text keep what concerns text in a section of its own. */
async function readConfig(directory: string): Promise<Config> {
  const text = await readFile(join(directory, 'config.json'), 'utf8');
  const whole = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const nested = z.record(z.string(), z.unknown()).safeParse(whole['text_config']);
  return ConfigSchema.parse({ ...whole, ...nested.data });
}

const floats = new Set(['BF16', 'F16', 'F32']);

function sumOf(
  tensors: ReadonlyMap<string, TensorInfo>,
  term: (tensor: TensorInfo, name: string) => number,
): number {
  return [...tensors].reduce((sum, [name, tensor]) => sum + term(tensor, name), 0);
}

/** Packed weights count as what they stand for: a scale for each group of them. */
function countParameters(
  tensors: ReadonlyMap<string, TensorInfo>,
  { quantization, tie_word_embeddings: tied }: Config,
): number {
  return sumOf(tensors, ({ dtype, count }, name) => {
    // Beside a table that serves as head too, a head of its own is not read.
    if (/\.(?:scales|biases)$/.test(name) || (tied && name.startsWith('lm_head.'))) return 0;
    const module = name.replace(/\.weight$/, '');
    const scales = tensors.get(`${module}.scales`);
    return dtype === 'U32' && scales ? scales.count * groupSize(module, quantization) : count;
  });
}

function groupSize(module: string, quantization: Quantization | undefined) {
  const own = ModuleSchema.safeParse(quantization?.[module]);
  return own.data?.group_size ?? quantization?.group_size ?? 64;
}

function countTables({
  vocab_size,
  hidden_size,
  tie_word_embeddings: tied = true,
}: Config): number {
  return (tied ? 1 : 2) * (vocab_size ?? 0) * (hidden_size ?? 0);
}

function cacheNumbersPerToken(config: Config): number {
  const layers = config.layer_types
    ? config.layer_types.filter((type) => type === 'full_attention').length
    : (config.num_hidden_layers ?? 0);
  if (config.kv_lora_rank) return layers * (config.kv_lora_rank + (config.qk_rope_head_dim ?? 0));
  return 2 * layers * keyNumbers(config);
}

/** Of the keys of one token in one layer. */
function keyNumbers(config: Config): number {
  const heads = config.num_attention_heads ?? 0;
  const headSize = config.head_dim ?? (heads > 0 ? (config.hidden_size ?? 0) / heads : 0);
  return (config.num_key_value_heads ?? heads) * headSize;
}
