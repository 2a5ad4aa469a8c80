/*
 * The rules of two hot schemas written out by hand, to know what a schema
 * costs over the least that any validation costs.
 */
interface Options {
  model?: unknown;
  draft?: unknown;
  revision?: unknown;
  quantization?: unknown;
  parameters?: unknown;
  trustRemoteCode?: unknown;
}

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isFlag = (value: unknown) => value === undefined || typeof value === 'boolean';
const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const isBetween = (value: unknown, minimum: number, maximum: number) =>
  value === undefined || (typeof value === 'number' && value >= minimum && value <= maximum);
const isIntegerBetween = (value: unknown, minimum: number, maximum: number) =>
  value === undefined || (Number.isSafeInteger(value) && isBetween(value, minimum, maximum));
const isListOf = (value: unknown, accepts: (item: unknown) => boolean) =>
  value === undefined || (Array.isArray(value) && value.every(accepts));

export function validateLoadModelOptions(input: unknown): object {
  if (typeof input === 'string' && input.length > 0) return { model: input };
  if (!isObject(input)) throw new TypeError('options');
  const { model, draft, revision, quantization, parameters, trustRemoteCode }: Options = input;
  if (!isText(model) && !isObject(model)) throw new TypeError('model');
  if (!isFlag(draft)) throw new TypeError('draft');
  if (revision !== undefined && !isText(revision)) throw new TypeError('revision');
  const modes: unknown[] = [undefined, 'none', 'int8', 'int4'];
  if (!modes.includes(quantization)) throw new TypeError('quantization');
  if (parameters !== undefined && !isObject(parameters)) throw new TypeError('parameters');
  if (!isFlag(trustRemoteCode)) throw new TypeError('trustRemoteCode');
  return { ...input };
}

type Params = Record<string, unknown>;

export function validateGeneratorParams(input: unknown): object {
  if (!isObject(input)) throw new TypeError('params');
  const params: Params = { ...input };
  if (!isText(params['model'])) throw new TypeError('model');
  if ((params['prompt'] === undefined) === (params['messages'] === undefined)) {
    throw new TypeError('prompt');
  }
  if (params['prompt'] !== undefined && !isText(params['prompt']) && !isObject(params['prompt'])) {
    throw new TypeError('prompt');
  }
  if (!hasValidSampling(params)) throw new TypeError('sampling');
  if (!isFlag(params['streaming']) || !isFlag(params['logprobs'])) throw new TypeError('flags');
  if (!isListOf(params['messages'], isObject)) throw new TypeError('messages');
  if (!isListOf(params['tools'], isObject)) throw new TypeError('tools');
  return params;
}

const hasValidSampling = (params: Params) =>
  isIntegerBetween(params['maxTokens'], 1, 100_000) &&
  isBetween(params['temperature'], 0, 2) &&
  isBetween(params['topP'], 0, 1) &&
  isIntegerBetween(params['topK'], 0, 1_000_000) &&
  isBetween(params['minP'], 0, 1) &&
  isBetween(params['presencePenalty'], -2, 2) &&
  isBetween(params['frequencyPenalty'], -2, 2) &&
  isBetween(params['repetitionPenalty'], 0, Infinity) &&
  isIntegerBetween(params['seed'], 0, Number.MAX_SAFE_INTEGER) &&
  isListOf(params['stopSequences'], isText) &&
  isListOf(params['stopTokenIds'], (id) => isIntegerBetween(id, 0, 2_147_483_647)) &&
  isIntegerBetween(params['topLogprobs'], 0, 20) &&
  isIntegerBetween(params['n'], 1, 128) &&
  isIntegerBetween(params['priority'], -100, 100);
