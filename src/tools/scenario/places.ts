import { type Document, isAlias, isCollection, isMap, isScalar, type LineCounter, type Node } from 'yaml';

/** Where something stands in a file. */
export interface Place {
  /** Both counted from 1. */
  line: number;
  column: number;
  /** Such as `steps[3].at`; empty for a whole scenario. */
  field: string;
}

export type Path = readonly PropertyKey[];

/** Finds the value at a path, or its key, or else the nearest thing above it that the document has. */
export type FindPlace = (path: Path, part?: 'value' | 'key') => Place;

/** @param firstLine the line of its file on which the text of `lines` begins */
export function placesIn(document: Document.Parsed, lines: LineCounter, firstLine: number): FindPlace {
  const followed = (node: unknown) => (isAlias(node) ? node.resolve(document) : node) as Node | null;
  return (path, part = 'value') => {
    let node = followed(document.contents);
    let start = node?.range?.[0] ?? 0;
    let depth = 0;
    for (const name of path) {
      const inner = isCollection(node) ? followed(node.get(name, true)) : undefined;
      if (!inner) break;
      const pair = isMap(node) && node.items.find(({ key }) => isScalar(key) && key.value === name);
      const shown = part === 'key' && pair ? (pair.key as Node) : inner;
      start = shown.range?.[0] ?? start;
      node = inner;
      depth += 1;
    }
    const { line, col } = lines.linePos(start);
    // A missing field of a group is worth naming; a field inside a plain word is one that nobody wrote.
    const named = isCollection(node) ? path : path.slice(0, depth);
    const parts = named.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
    return { line: line + firstLine - 1, column: col, field: parts.join('').replace(/^\./, '') };
  };
}
