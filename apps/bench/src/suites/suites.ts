import { agents } from './agents/suite.ts';
import { aiSdk } from './ai-sdk/suite.ts';
import { batching } from './batching/suite.ts';
import type { Suite } from './benchmark.ts';
import { evaluation } from './evaluation/suite.ts';
import { firstLight } from './first-light/suite.ts';
import { images } from './images/suite.ts';
import { models } from './models/suite.ts';
import { fleet } from './fleet/suite.ts';
import { observability } from './observability/suite.ts';
import { recovery } from './recovery/suite.ts';
import { speculation } from './speculation/suite.ts';
import { structured } from './structured/suite.ts';
import { transport } from './transport/suite.ts';

export const suites: readonly Suite[] = [
  firstLight,
  transport,
  observability,
  batching,
  agents,
  images,
  structured,
  speculation,
  recovery,
  models,
  aiSdk,
  evaluation,
  fleet,
];
