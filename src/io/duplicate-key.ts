/** What JSON.parse hides: of two equal keys in one object it keeps the last and says nothing. */

/**
 * The first key that stands twice in one object of `json`, which must be valid JSON; undefined if there is none.
 *
 * Keys are compared after their escapes are read: `"a"` and `"\u0061"` are the same key.
 */
export function findDuplicateKey(json: string): string | undefined {
  // One entry per open bracket: the keys so far of an object, null for an array.
  const open: (Set<string> | null)[] = [];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const keys = open.at(-1)!;
      const key = JSON.parse(token.slice(0, -1)) as string;
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
