/** What JSON.parse hides: of two equal keys in one object it silently keeps the last. */

/**
 * The first key that appears twice in one object of `json`, which must be valid JSON; undefined if there is none.
 *
 * Keys are compared with their escapes decoded: `"a"` and `"\u0061"` are the same key. This is a loop over the
 * characters, because a regular expression runs out of stack in a string of millions.
 */
export function findDuplicateKey(json: string): string | undefined {
  // One entry for each open bracket: the keys of an object so far, null for an array.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      const keys = open.at(-1);
      if (keys && isFollowedByColon(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The index just after the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(json: string, at: number): boolean {
  while (json[at] === ' ' || json[at] === '\t' || json[at] === '\n' || json[at] === '\r') at++;
  return json[at] === ':';
}
