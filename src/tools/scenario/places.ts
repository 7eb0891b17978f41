import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

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

/** The last node on the way along a path. */
interface Found {
  node: Node | null;
  /** The key in front of it, in a group of fields. */
  key?: Node;
  /** How many parts of the path lead there. */
  depth: number;
}

export function placesIn(document: Document.Parsed, lines: LineCounter): FindPlace {
  return (path, part = 'value') => {
    let found: Found = { node: document.contents, depth: 0 };
    for (let next: Found | undefined = found; next; next = inside(found, path)) {
      const { node } = next;
      found = { ...next, node: (isAlias(node) && node.resolve(document)) || node };
    }
    const { node, key, depth } = found;
    const [start] = (part === 'key' && key ? key : node)?.range ?? document.range;
    const { line, col } = lines.linePos(start);
    // A missing field of a group is worth naming; a field inside a plain word is one that nobody wrote.
    const named = isMap(node) || isSeq(node) ? path : path.slice(0, depth);
    return { line, column: col, field: fieldName(named) };
  };
}

/** One step further along the path; two parts of it where `a.b` was written instead of b inside a. */
function inside({ node, depth }: Found, path: Path): Found | undefined {
  const [first, second] = path.slice(depth).map(String);
  if (first === undefined) return undefined;
  if (isSeq(node)) {
    const item = node.items[Number(first)] as Node | undefined;
    return item && { node: item, depth: depth + 1 };
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items as Pair<Node, Node | null>[];
  const named = (name: string) => pairs.find(({ key }) => isScalar(key) && String(key.value) === name);
  const direct = named(first);
  const pair = direct ?? (second === undefined ? undefined : named(`${first}.${second}`));
  return pair && { node: pair.value ?? pair.key, key: pair.key, depth: depth + (direct ? 1 : 2) };
}

function fieldName(path: Path): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '');
}
