export { genAi, genAiBuckets, genAiMetrics, operations, PROVIDER_NAME } from './gen-ai.js';
export { gapBorders, indexOfGap } from './token-gaps.js';
