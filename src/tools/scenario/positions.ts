import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

/** Where something stands in a file, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

export type Path = readonly PropertyKey[];

/** The last node on the way along a path. */
interface Found {
  node: Node | null;
  /** The key in front of it, in a group of fields. */
  key?: Node | undefined;
  /** How many parts of the path lead there. */
  depth: number;
}

/** Where in a document the field at a path stands, or where the nearest thing above it stands. */
export class Positions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Of the value at `path`. */
  of(path: Path): Position {
    return this.#at(this.#find(path).node);
  }

  /** Of the key with which the last field of `path` begins. */
  ofKey(path: Path): Position {
    const { node, key = node } = this.#find(path);
    return this.#at(key);
  }

  /** The field's name, as far as the document has it: a word may be read as fields that nobody wrote. */
  fieldAt(path: Path): string {
    const { depth, node } = this.#find(path);
    // A missing field of a group is worth naming; a field inside a plain word never existed.
    return fieldName(isMap(node) || isSeq(node) ? path : path.slice(0, depth));
  }

  #find(path: Path): Found {
    let found: Found = { node: this.#document.contents, depth: 0 };
    for (let next: Found | undefined = found; next; next = inside(found, path)) {
      const { node } = next;
      found = { ...next, node: (isAlias(node) && node.resolve(this.#document)) || node };
    }
    return found;
  }

  #at(node: Node | null): Position {
    const [start] = node?.range ?? this.#document.range;
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col };
  }
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

/** `['steps', 3, 'at']` as `steps[3].at`. */
export function fieldName(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
