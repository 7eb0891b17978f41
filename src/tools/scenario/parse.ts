import {
  type Alias,
  type Document,
  isAlias,
  isScalar,
  LineCounter,
  parseAllDocuments,
  Scalar,
  visit,
} from 'yaml';
import { linesIn } from '../lines.ts';
import { Problem } from '../problem.ts';
import { DocumentSplitter, type DocumentText } from './documents.ts';
import { inPlainWords } from './fields.ts';
import { type FindPlace, type Place, placesIn } from './places.ts';
import { readPlainJson } from './plain-json.ts';
import { type Scenario, scenario } from './scenario.ts';
import { NAME_FIELDS } from './steps.ts';

/** One thing that is wrong in a file. */
export interface FileError extends Place {
  file: string;
  message: string;
}

/** A scenario and where each of its fields stands. */
export interface LoadedScenario extends Scenario {
  file: string;
  placeOf: FindPlace;
}

export interface ParsedScenarios {
  scenarios: LoadedScenario[];
  errors: FileError[];
}

/**
 * Reads the scenarios of a file as they come, so that a file may hold any number of people. Everything that is wrong
 * is an error with its place, a file that cannot be read as well, and the scenarios without an error are there all the
 * same.
 */
export async function* readScenarios(file: string): AsyncGenerator<ParsedScenarios> {
  const splitter = new DocumentSplitter(file);
  try {
    for await (const line of linesIn(file)) {
      if (line === undefined) throw new Problem('cannot be read: a line is too long');
      const document = splitter.add(line);
      if (document) yield parseDocument(file, document);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message } = error;
    yield { scenarios: [], errors: [{ file, line: 1, column: 1, field: '', message }] };
    return;
  }
  const last = splitter.end();
  if (last) yield parseDocument(file, last);
}

/** The scenarios of a text; several are separated by `---`. Never throws, as `readScenarios`. */
export function parseScenarios(file: string, text: string): ParsedScenarios {
  const splitter = new DocumentSplitter(file);
  const documents = text.split('\n').map((line) => splitter.add(line));
  const parsed = [...documents, splitter.end()].map((each) => each && parseDocument(file, each));
  return {
    scenarios: parsed.flatMap((each) => each?.scenarios ?? []),
    errors: parsed.flatMap((each) => each?.errors ?? []),
  };
}

/** JSON is read as such, and as YAML only where something is to be said about one of its places. */
function parseDocument(file: string, document: DocumentText): ParsedScenarios {
  const { data } = scenario.safeParse(readPlainJson(document.text));
  if (!data) return parseYaml(file, document);
  let findPlace: FindPlace | undefined;
  const placeOf: FindPlace = (path, part) => {
    findPlace ??= parseYaml(file, document).scenarios[0]?.placeOf;
    return findPlace?.(path, part) ?? { line: document.firstLine, column: 1, field: '' };
  };
  return { scenarios: [{ ...data, file, placeOf }], errors: [] };
}

function parseYaml(file: string, { text, firstLine }: DocumentText): ParsedScenarios {
  const scenarios: LoadedScenario[] = [];
  const errors: FileError[] = [];
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: isSameKey };
  const documents = [...parseAllDocuments(text, options)];
  if (documents.length === 0) {
    errors.push({ file, line: firstLine, column: 1, field: '', message: 'holds no scenario' });
  }
  for (const document of documents) {
    const notYaml = (offset: number, message: string) => {
      const { line, col } = lines.linePos(offset);
      const place = { line: line + firstLine - 1, column: col, field: '' };
      errors.push({ file, ...place, message: `is not YAML: ${message}` });
    };
    for (const { pos, message } of document.errors) notYaml(pos[0], message);
    if (document.errors.length > 0) continue;
    keepNames(document);
    const placeOf = placesIn(document, lines, firstLine);
    try {
      const { data, error } = scenario.safeParse(document.toJS(), { error: inPlainWords });
      if (data) scenarios.push({ ...data, file, placeOf });
      for (const issue of error?.issues ?? []) {
        const { path, message } = issue;
        const strays = issue.code === 'unrecognized_keys' ? issue.keys : [];
        for (const key of strays) errors.push({ file, ...placeOf([...path, key], 'key'), message });
        if (strays.length === 0) errors.push({ file, ...placeOf(path), message });
      }
    } catch (error) {
      // An alias without its anchor is found only when it is followed.
      notYaml(document.contents?.range?.[0] ?? 0, (error as Error).message);
    }
  }
  return { scenarios, errors };
}

/** A plain scalar as it was written: YAML reads 01 as the number 1 and null as nothing, and its author meant a name. */
const asWritten = ({ value, source }: Scalar): unknown =>
  // Not `<<`, the symbol that merges, and not a value that was left out.
  typeof value === 'symbol' || typeof value === 'string' ? value : source || value;

const isSameKey = (a: unknown, b: unknown): boolean =>
  a === b || (isScalar(a) && isScalar(b) && asWritten(a) === asWritten(b));

/** Puts every key, and what stands where something is named, as it was written. */
function keepNames(document: Document.Parsed): void {
  visit(document, {
    Pair: (_, pair) => {
      const { key, value } = pair;
      if (!isScalar(key)) return;
      // These hold whatever a front end might send, numbers among it.
      if (key.value === 'payload' || key.value === 'metadata') return visit.SKIP;
      key.value = asWritten(key);
      if (!NAME_FIELDS.includes(key.value)) return;
      if (isScalar(value)) value.value = asWritten(value);
      // What an alias stands for may be a number in its own place, and only here a name.
      const meant = isAlias(value) ? value.resolve(document) : undefined;
      if (isScalar(meant))
        pair.value = Object.assign(new Scalar(asWritten(meant)), { range: (value as Alias).range });
      return;
    },
  });
}
