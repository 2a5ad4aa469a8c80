const DATA_URL = /^data:([^,;]*)((?:;[^,;]*)*),/i;
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** The base64 of a data URL's content; undefined for anything else. */
export function base64OfDataUrl(text: string): string | undefined {
  const head = DATA_URL.exec(text);
  if (head === null || !/;base64$/i.test(head[2] ?? '')) return undefined;
  const content = text.slice(head[0].length);
  return isBase64(content) ? content : undefined;
}

/** Without line breaks, padded or not. */
export function isBase64(text: string): boolean {
  // A pattern of the whole text would remember every letter of it, to take it back.
  const end = text.search(NOT_BASE64);
  return text !== '' && (end === -1 || ['=', '=='].includes(text.slice(end)));
}
