/**
 * The client's name of a field that the engine speaks of: `maxTokens` is
 * `max_tokens` in one API and `max_output_tokens` in another.
 */
export type ClientField = (engineField: string) => string;
