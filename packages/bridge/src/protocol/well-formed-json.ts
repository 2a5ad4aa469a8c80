const HALF_OR_BACKSLASH = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

/**
 * JSON whose texts, keys among them, are Unicode: half a surrogate pair, which
 * JavaScript's strings may hold and no UTF-8 reader takes, becomes U+FFFD.
 */
export function wellFormedJson(value: object): string {
  const json = JSON.stringify(value);
  // `JSON.stringify` writes whole pairs as they are and escapes halves alone.
  if (!json.includes('\\ud')) return json;
  return json.replaceAll(HALF_OR_BACKSLASH, (found) => (found === '\\\\' ? found : '\uFFFD'));
}
