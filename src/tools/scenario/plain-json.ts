const STRINGS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * The value of a text that is JSON and means the same as YAML, which takes 13 times as long to read. Undefined for
 * everything else, a text with the same key twice in it among that: YAML says where it stands.
 */
export function readPlainJson(text: string): unknown {
  const body = text.startsWith('---') ? text.slice(3) : text;
  if (!body.trimStart().startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  let written = 0;
  for (const [, colon] of body.matchAll(STRINGS)) if (colon !== undefined) written += 1;
  return countKeys(value) === written ? value : undefined;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  const own = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce<number>((sum, each) => sum + countKeys(each), own);
}
