import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensors, type Tensors } from './safetensors.js';

/** What a text may be made of; each word has a direction of its own. */
const WORDS = ['paris', 'france', 'banana', 'yellow', 'query:', 'capital'] as const;

const SPECIAL = ['[PAD]', '[CLS]', '[SEP]', '[UNK]'];
const SIZE = 16;
/** The float 1 in half precision. */
const ONE = 0x3c_00;

/**
 * A ModernBERT without layers: the vector of a text is the mean of its words'
 * directions. As a cross-encoder it finds texts with `paris` in them relevant.
 */
export function writeWordEncoder(directory: string, { judges = false } = {}): void {
  mkdirSync(directory, { recursive: true });
  const prompts = { prompts: { query: 'query: ', document: '' } };
  const files = {
    'config.json': { ...CONFIG, ...(judges ? JUDGES : {}) },
    'tokenizer.json': tokenizer(),
    'tokenizer_config.json': {},
    'config_sentence_transformers.json': prompts,
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), JSON.stringify(content));
  }
  const tensors = { ...weights(), ...(judges ? head() : {}) };
  writeFileSync(join(directory, 'model.safetensors'), safetensors(tensors));
}

const CONFIG = {
  model_type: 'modernbert',
  vocab_size: SPECIAL.length + WORDS.length,
  hidden_size: SIZE,
  num_hidden_layers: 0,
  num_attention_heads: 2,
  intermediate_size: SIZE,
  max_position_embeddings: 32,
};

const JUDGES = {
  architectures: ['ModernBertForSequenceClassification'],
  classifier_pooling: 'mean',
  id2label: { 0: 'LABEL_0' },
};

function weights(): Tensors {
  const count = CONFIG.vocab_size;
  const rows = new Uint16Array(count * SIZE);
  for (let token = 0; token < count; token += 1) rows[token * SIZE + token] = ONE;
  const norm = { shape: [SIZE], data: new Uint16Array(SIZE).fill(ONE) };
  return {
    'model.embeddings.tok_embeddings.weight': { shape: [count, SIZE], data: rows },
    'model.embeddings.norm.weight': norm,
    'model.final_norm.weight': norm,
  };
}

function head(): Tensors {
  const identity = new Uint16Array(SIZE * SIZE);
  for (let place = 0; place < SIZE; place += 1) identity[place * SIZE + place] = ONE;
  const paris = new Uint16Array(SIZE);
  paris[SPECIAL.length] = ONE;
  return {
    'head.dense.weight': { shape: [SIZE, SIZE], data: identity },
    'head.norm.weight': { shape: [SIZE], data: new Uint16Array(SIZE).fill(ONE) },
    'classifier.weight': { shape: [1, SIZE], data: paris },
    'classifier.bias': { shape: [1], data: new Uint16Array(1) },
  };
}

function tokenizer() {
  const vocab = Object.fromEntries([...SPECIAL, ...WORDS].map((word, id) => [word, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
    decoder: null,
    model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
  };
}
