export {
  ClampedPenalty,
  ClampedTemperature,
  ClampedTopP,
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  PositiveInteger,
  QuantizationMode,
  TokenId,
  UnknownRecord,
} from './primitives.js';
