import { canonicalJson } from '../../proof/canonical-json.ts';

/** The first few places where two values differ, by their paths. */
export function differences(
  stated: unknown,
  derived: unknown,
  path: string,
): { field: string; detail: string }[] {
  if (isEqual(stated, derived)) return [];
  if (isObject(stated) && isObject(derived)) {
    const names = [...new Set([...Object.keys(stated), ...Object.keys(derived)])];
    const isList = Array.isArray(stated) || Array.isArray(derived);
    return names
      .flatMap((name) =>
        differences(stated[name], derived[name], isList ? `${path}[${name}]` : `${path}.${name}`),
      )
      .slice(0, MAX_SHOWN);
  }
  return [{ field: path, detail: `The bundle says ${show(stated)}, but ${show(derived)} follows.` }];
}

const MAX_SHOWN = 5;
const MAX_LENGTH = 120;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isEqual(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
