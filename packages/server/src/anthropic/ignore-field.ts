/**
 * Told of what a request brings that has no effect: its place in any request
 * (`tools[].web_search_20250305`) and in this one (`tools.3`).
 *
 * @throws HttpError 400 when the request is to be read strictly
 */
export type IgnoreField = (pattern: string, path: string) => void;
