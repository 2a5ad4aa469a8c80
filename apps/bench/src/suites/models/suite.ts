import type { Suite } from '../benchmark.ts';
import { coldRequest } from './cold-request.ts';
import { convert } from './convert.ts';
import { manyModels } from './many-models.ts';

export const models: Suite = {
  name: 'models',
  description: 'Models that come and go: conversion, a request that loads its model, little room.',
  benchmarks: [convert, coldRequest, manyModels],
};
