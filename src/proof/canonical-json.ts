/**
 * The canonical JSON of RFC 8785 of a value that has gone through JSON, or could: objects, lists, texts, finite numbers,
 * booleans, null. As in `JSON.stringify`, what is undefined is left out.
 * @throws TypeError for what JSON cannot hold: numbers that are not finite, halves of characters, dates, functions
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed())
        throw new TypeError('A text with half of a character has no canonical form.');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`The number ${value} has no canonical form.`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `[${value.map(canonicalJson).join(',')}]` : canonicalObject(value);
    default:
      throw new TypeError(`A value of type ${typeof value} has no canonical form.`);
  }
}

function canonicalObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('Only plain objects have a canonical form.');
  let members = '';
  // Without a comparison function, keys are ordered by their UTF-16 code units, as RFC 8785 demands.
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner === undefined) continue;
    members += `${members && ','}${canonicalJson(key)}:${canonicalJson(inner)}`;
  }
  return `{${members}}`;
}
