import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

/** Where something stands in a file, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

export type Path = readonly PropertyKey[];

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
    const { node, key } = this.#find(path);
    return this.#at(key ?? node);
  }

  /** `path` as far as the document has it: what a field was read as may have fields that nobody wrote. */
  written(path: Path): Path {
    const { found, node } = this.#find(path);
    // A missing field of a group is worth naming; a field inside a plain word never existed.
    return isMap(node) || isSeq(node) ? path : path.slice(0, found);
  }

  #find(path: Path): { node: Node | null; key?: Node; found: number } {
    let node: Node | null = this.#document.contents;
    let key: Node | undefined;
    let found = 0;
    while (found < path.length) {
      const next: Step | undefined = inside(this.#resolved(node), path.slice(found));
      if (!next?.node) break;
      ({ node, key } = next);
      found += next.taken;
    }
    return { node: this.#resolved(node), found, ...(key && found === path.length ? { key } : {}) };
  }

  #resolved(node: Node | null): Node | null {
    return (isAlias(node) && node.resolve(this.#document)) || node;
  }

  #at(node: Node | null): Position {
    const [start] = node?.range ?? this.#document.range;
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col };
  }
}

interface Step {
  node: Node | null;
  key?: Node | undefined;
  /** How many parts of the path lead there: two where `a.b` was written instead of b inside a. */
  taken: number;
}

function inside(node: Node | null, [first, second]: Path): Step | undefined {
  if (isSeq(node) && typeof first === 'number') return { node: node.items[first] as Node, taken: 1 };
  if (!isMap(node)) return undefined;
  const pairs = node.items as Pair<Node, Node | null>[];
  const named = (name: string) => pairs.find(({ key }) => isScalar(key) && String(key.value) === name);
  const direct = named(String(first));
  if (direct) return { node: direct.value ?? direct.key, key: direct.key, taken: 1 };
  const dotted = second === undefined ? undefined : named(`${String(first)}.${String(second)}`);
  return dotted && { node: dotted.value ?? dotted.key, key: dotted.key, taken: 2 };
}

/** `['steps', 3, 'at']` as `steps[3].at`. */
export function fieldName(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? String(part) : `.${String(part)}`;
    })
    .join('');
}
