const LATEST = ':latest';

/** Clients put the tag of the newest version behind a name that has none. */
export function modelOf(name: string): string {
  return name.endsWith(LATEST) ? name.slice(0, -LATEST.length) : name;
}
