import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL_ID, ensureModel } from '@mlx/engine/setup';
import { safetensors, type Tensors } from './safetensors.js';

export interface RandomLlama {
  /** Undefined: no file of its own. */
  readonly template: string | undefined;
  /** The token that the tokenizer puts before a text. */
  readonly begin?: string;
  /** Tokens that the family has besides those of the default model. */
  readonly special?: readonly string[];
  readonly config?: object;
  readonly tokenizerConfig?: object;
}

const [HIDDEN, WIDE, HEAD] = [32, 64, 16];

/**
 * A model of one small layer with random weights and the default model's tokenizer, to
 * which the tokens of a family are added: what it writes means nothing, at little cost.
 */
export async function writeRandomLlama(
  directory: string,
  { template, begin, special = [], config = {}, tokenizerConfig = {} }: RandomLlama,
): Promise<void> {
  const from = await ensureModel(DEFAULT_MODEL_ID);
  const tokenizer = JSON.parse(readFileSync(join(from, 'tokenizer.json'), 'utf8')) as Tokenizer;
  const known = Object.keys(tokenizer.model.vocab).length;
  const like = { special: true, single_word: false, lstrip: false, rstrip: false };
  const added = special.map((content, index) => ({
    ...like,
    content,
    id: known + index,
    normalized: false,
  }));
  const size = known + added.length;
  mkdirSync(directory, { recursive: true });
  const json = {
    'config.json': { ...CONFIG, vocab_size: size, ...config },
    'tokenizer.json': {
      ...tokenizer,
      added_tokens: [...tokenizer.added_tokens, ...added],
      ...(begin === undefined ? {} : { post_processor: putsBefore(begin, tokenizer) }),
    },
  };
  for (const [name, content] of Object.entries(json)) {
    writeFileSync(join(directory, name), JSON.stringify(content));
  }
  cpSync(join(from, 'tokenizer_config.json'), join(directory, 'tokenizer_config.json'));
  const path = join(directory, 'tokenizer_config.json');
  const { chat_template: _, ...kept } = JSON.parse(readFileSync(path, 'utf8')) as object & {
    chat_template: unknown;
  };
  writeFileSync(path, JSON.stringify({ ...kept, ...tokenizerConfig }));
  if (template !== undefined) writeFileSync(join(directory, 'chat_template.jinja'), template);
  writeFileSync(join(directory, 'model.safetensors'), safetensors(weights(size)));
}

/** A rule of the tokenizers library. */
function putsBefore(token: string, { model }: Tokenizer) {
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const single = [{ SpecialToken: { id: token, type_id: 0 } }, text];
  const special = { [token]: { id: token, ids: [model.vocab[token]], tokens: [token] } };
  const pair = [...single, { Sequence: { id: 'B', type_id: 1 } }];
  return { type: 'TemplateProcessing', single, pair, special_tokens: special };
}

interface Tokenizer {
  readonly added_tokens: readonly object[];
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

const CONFIG = {
  model_type: 'llama',
  hidden_size: HIDDEN,
  num_hidden_layers: 1,
  intermediate_size: WIDE,
  num_attention_heads: HIDDEN / HEAD,
  num_key_value_heads: 1,
  head_dim: HEAD,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 32_768,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  eos_token_id: 2,
};

function weights(size: number): Tensors {
  const layer = {
    'self_attn.q_proj': [HIDDEN, HIDDEN],
    'self_attn.k_proj': [HEAD, HIDDEN],
    'self_attn.v_proj': [HEAD, HIDDEN],
    'self_attn.o_proj': [HIDDEN, HIDDEN],
    'mlp.gate_proj': [WIDE, HIDDEN],
    'mlp.up_proj': [WIDE, HIDDEN],
    'mlp.down_proj': [HIDDEN, WIDE],
    input_layernorm: [HIDDEN],
    post_attention_layernorm: [HIDDEN],
  };
  const shapes = {
    'model.embed_tokens': [size, HIDDEN],
    'model.norm': [HIDDEN],
    ...Object.fromEntries(
      Object.entries(layer).map(([name, shape]) => [`model.layers.0.${name}`, shape]),
    ),
  };
  let state = 1;
  const random = (count: number) =>
    Uint16Array.from({ length: count }, () => {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return SMALLEST + (state >>> 22) + (state & 1) * SIGN;
    });
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      `${name}.weight`,
      { shape, data: random(shape.reduce((product, length) => product * length, 1)) },
    ]),
  );
}

/** Halves of floats from 1/16 to 1/8, of either sign. */
const [SMALLEST, SIGN] = [0x2c_00, 0x80_00];
