export { toCamelKeys } from './camel-keys.js';
export { genAi, genAiBuckets, genAiMetrics, operations, PROVIDER_NAME } from './gen-ai.js';
export { httpParameters, wireParameters } from './parameter-names.js';
export { gapBorders, indexOfGap } from './token-gaps.js';
