import { strictObject, withProperties } from '../common/objects.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  PositiveInteger,
} from '../common/primitives.js';
import { Text, TextList } from '../common/shared.js';
import { WeightsPolicy } from './requests.js';

const DraftFacts = {
  architecture: Text,
  contextLength: PositiveInteger,
  vocabSize: PositiveInteger,
  parameterCount: NonNegativeInteger,
};

/** Asks whether a model could draft for the loaded one; its weights are not read. */
export const CheckDraftParamsSchema = strictObject({
  /** A local directory with config.json, tokenizer files and safetensors. */
  path: NonEmptyString,
});
export const CheckDraftResultSchema = strictObject(
  withProperties(DraftFacts, {
    /** Why it cannot. */
    errors: TextList,
    /** Why it may not pay. */
    warnings: TextList,
  }),
);

/** Loads a draft model beside the loaded one, in place of the last; a misfit is refused. */
export const LoadDraftParamsSchema = strictObject({
  /** The name that `generate` asks for it by. */
  modelId: NonEmptyString,
  path: NonEmptyString,
  weights: WeightsPolicy,
});
export const LoadDraftResultSchema = strictObject(
  withProperties(DraftFacts, {
    weightBytes: NonNegativeInteger,
    loadMs: NonNegativeNumber,
    /** What the weights were turned into, such as `float32` or `4-bit`. */
    weights: Text,
    warnings: TextList,
  }),
);
