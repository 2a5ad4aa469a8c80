/** Valid and invalid inputs as requests bring them. */
export const loadModelOptions = { model: 'llama-3-8b', quantization: 'int4', revision: 'main' };

export const generatorParams = {
  model: 'llama-3-8b',
  prompt: 'What is the capital of France?',
  maxTokens: 100,
  temperature: 0.7,
  topP: 0.9,
  streaming: true,
};

export const chatCompletionRequest = {
  model: 'llama-3-8b',
  messages: [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: 'What is the capital of France?' },
  ],
  temperature: 0.7,
  max_tokens: 100,
  stream: true,
};

export const rejectedLoadModelOptions = { model: '' };
