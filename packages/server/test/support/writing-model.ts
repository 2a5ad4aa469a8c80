import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensors, type Tensors } from './safetensors.js';

/**
 * A real model whose weights say texts: it looks at nothing but how many tokens came
 * before, and writes the next token of the text that stands there. Tokens are bytes.
 */
export interface WritingModel {
  /** How to ask for each text: turns of so many bytes. */
  readonly promptLengths: Readonly<Record<string, number>>;
}

export interface WrittenTexts {
  readonly template: string;
  readonly texts: Readonly<Record<string, string>>;
  /** Tokens of more than a byte, as some families have them. */
  readonly special?: readonly string[];
  /** What the template writes behind the last turn. */
  readonly ending?: string;
}

const END = '<|end_of_text|>';
const FIRST_SPECIAL = 256;
/** Bytes of all texts together, and of the longest prompt. */
const WIDTH = 1024;
/** A position outweighs the token that stands there. Halves of floats: 1 and 1,000. */
const [ONE, THOUSAND] = [0x3c_00, 0x63_d0];

export function writeModel(
  directory: string,
  { template, texts, special = [], ending = '' }: WrittenTexts,
): WritingModel {
  const added = [END, ...special].map((content, index) => ({ content, id: FIRST_SPECIAL + index }));
  const size = FIRST_SPECIAL + added.length;
  const tokens = new Uint16Array(size * WIDTH);
  const promptLengths: Record<string, number> = {};
  const endingLength = tokenIds(ending, added).length;
  let place = endingLength;
  for (const [name, text] of Object.entries(texts)) {
    promptLengths[name] = place + 1 - endingLength;
    for (const token of tokenIds(`${text}${END}`, added)) {
      tokens[token * WIDTH + place] = ONE;
      place += 1;
    }
  }
  if (place >= WIDTH) throw new Error(`Texts of ${place} tokens; there is room for ${WIDTH}`);
  mkdirSync(directory, { recursive: true });
  const json = {
    'config.json': { ...CONFIG, vocab_size: size },
    'tokenizer.json': tokenizer(added),
    'tokenizer_config.json': { eos_token: END },
  };
  for (const [name, content] of Object.entries(json)) {
    writeFileSync(join(directory, name), JSON.stringify(content));
  }
  writeFileSync(join(directory, 'chat_template.jinja'), template);
  writeFileSync(join(directory, 'model.safetensors'), safetensors(weights(tokens, size)));
  return { promptLengths };
}

interface Added {
  readonly content: string;
  readonly id: number;
}

function tokenIds(text: string, added: readonly Added[]): number[] {
  const found = added.find(({ content }) => text.includes(content));
  if (!found) return [...Buffer.from(text)];
  const pieces = text.split(found.content);
  return pieces.flatMap((piece, index) => {
    const ids = tokenIds(piece, added);
    return index === 0 ? ids : [found.id, ...ids];
  });
}

const zeros = (...shape: number[]) => ({
  shape,
  data: new Uint16Array(shape.reduce((product, length) => product * length, 1)),
});

function weights(tokens: Uint16Array, size: number): Tensors {
  const positions = new Uint16Array(WIDTH * WIDTH);
  for (let place = 0; place < WIDTH; place += 1) positions[place * WIDTH + place] = THOUSAND;
  const norm = { shape: [WIDTH], data: new Uint16Array(WIDTH).fill(ONE) };
  return {
    'wte.weight': { shape: [size, WIDTH], data: tokens },
    'wpe.weight': { shape: [WIDTH, WIDTH], data: positions },
    'h.0.attn.c_attn.weight': zeros(WIDTH, 3 * WIDTH),
    'h.0.attn.c_attn.bias': zeros(3 * WIDTH),
    'h.0.attn.c_proj.weight': zeros(WIDTH, WIDTH),
    'h.0.attn.c_proj.bias': zeros(WIDTH),
    'h.0.mlp.c_fc.weight': zeros(WIDTH, 4 * WIDTH),
    'h.0.mlp.c_fc.bias': zeros(4 * WIDTH),
    'h.0.mlp.c_proj.weight': zeros(4 * WIDTH, WIDTH),
    'h.0.mlp.c_proj.bias': zeros(WIDTH),
    ...Object.fromEntries(
      ['h.0.ln_1', 'h.0.ln_2', 'ln_f'].flatMap((name) => [
        [`${name}.weight`, norm],
        [`${name}.bias`, zeros(WIDTH)],
      ]),
    ),
  };
}

const CONFIG = {
  model_type: 'gpt2',
  n_ctx: WIDTH,
  n_embd: WIDTH,
  n_head: 8,
  n_layer: 1,
  n_positions: WIDTH,
  layer_norm_epsilon: 1e-5,
  eos_token_id: FIRST_SPECIAL,
};

function tokenizer(added: readonly Added[]) {
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  const word = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const letters = lettersOfBytes().map((letter, id) => [letter, id]);
  const names = added.map(({ content, id }) => [content, id]);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((token) => ({ ...token, special: true, ...word })),
    normalizer: null,
    pre_tokenizer: { ...bytes, use_regex: false },
    post_processor: null,
    decoder: { ...bytes, use_regex: false },
    model: { type: 'BPE', vocab: Object.fromEntries([...letters, ...names]), merges: [] },
  };
}

const isPlain = (byte: number) =>
  (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);

/** The letters that stand for bytes in such vocabularies, by byte. */
function lettersOfBytes(): string[] {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    if (isPlain(byte)) return String.fromCodePoint(byte);
    others += 1;
    return String.fromCodePoint(255 + others);
  });
}
