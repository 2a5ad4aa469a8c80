const MAX_HEADER_LENGTH = 1000;
const MAX_NAME_LENGTH = 100;

/** What may stand in a header and separates nothing there. */
const UNSAFE = /[^\w.[\]$@:/+-]/gu;

/**
 * A response header's list of names, such as `metadata, tools[].cache_control`; names that have no room are counted at
 * the end: `+3`. Undefined for no names.
 */
export function namesHeader(names: readonly string[], unnamed = 0): string | undefined {
  const told: string[] = [];
  let length = 0;
  for (const name of names.map(headerSafe)) {
    length += name.length + 2;
    if (length > MAX_HEADER_LENGTH) break;
    told.push(name);
  }
  const left = names.length - told.length + unnamed;
  if (left > 0) told.push(`+${left}`);
  return told.length === 0 ? undefined : told.join(', ');
}

function headerSafe(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH).toWellFormed().replace(UNSAFE, encodeURIComponent);
}
