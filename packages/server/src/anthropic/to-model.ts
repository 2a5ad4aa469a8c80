import type { AnthropicModel, AnthropicModelList } from '@mlx/schemas';
import type { OpenAIModel } from '@mlx/schemas/endpoints';

/** A model as Anthropic's clients read it. */
export function toAnthropicModel({ id, created, context_length }: OpenAIModel): AnthropicModel {
  return {
    type: 'model',
    id,
    display_name: id.slice(id.lastIndexOf('/') + 1),
    created_at: new Date(created * 1000).toISOString(),
    max_input_tokens: context_length ?? 0,
  };
}

export function toAnthropicModels(models: readonly OpenAIModel[]): AnthropicModelList {
  return {
    data: models.map(toAnthropicModel),
    has_more: false,
    first_id: models.at(0)?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
