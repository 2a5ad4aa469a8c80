/** The parts of the package that can be imported alone. */
export const subpaths = [
  'common',
  'config',
  'wire',
  'openai',
  'responses',
  'ollama',
  'endpoints',
  'anthropic',
  'conventions',
];
