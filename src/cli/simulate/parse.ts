import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { messageOf } from './messages.ts';
import { fieldName, type Position, Positions } from './positions.ts';
import { type Scenario, scenario } from './scenario.ts';

/** One thing that is wrong in a file; `field` is empty where it is about no field. */
export interface FileError extends Position {
  file: string;
  field: string;
  message: string;
}

/** A scenario and where each of its fields stands. */
export interface LoadedScenario extends Scenario {
  file: string;
  positions: Positions;
}

/**
 * Reads the scenarios of one file; several are separated by `---`. Never throws: everything that is wrong is
 * in `errors`, with its place, and the scenarios without an error are there all the same.
 */
export function parseScenarios(
  file: string,
  text: string,
): { scenarios: LoadedScenario[]; errors: FileError[] } {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })];
  const scenarios: LoadedScenario[] = [];
  const errors: FileError[] = [];
  for (const document of documents) {
    const found = document.errors.map(({ pos, message }) => at(lines, pos[0], message));
    if (found.length > 0) errors.push(...found.map((error) => ({ file, ...error })));
    else read(file, document, lines, scenarios, errors);
  }
  if (documents.length === 0) {
    errors.push({ file, line: 1, column: 1, field: '', message: 'holds no scenario' });
  }
  return { scenarios, errors };
}

function at(lines: LineCounter, offset: number, message: string): Omit<FileError, 'file'> {
  const { line, col } = lines.linePos(offset);
  return { line, column: col, field: '', message: `is not YAML: ${message}` };
}

function read(
  file: string,
  document: Document.Parsed,
  lines: LineCounter,
  scenarios: LoadedScenario[],
  errors: FileError[],
): void {
  const positions = new Positions(document, lines);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without its anchor is found only here.
    errors.push({
      file,
      ...positions.of([]),
      field: '',
      message: `is not YAML: ${(error as Error).message}`,
    });
    return;
  }
  const parsed = scenario.safeParse(value, { reportInput: true });
  if (parsed.success) scenarios.push({ ...parsed.data, file, positions });
  else errors.push(...parsed.error.issues.flatMap((issue) => fileErrors(file, issue, positions)));
}

function fileErrors(file: string, issue: z.core.$ZodIssue, positions: Positions): FileError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { file, ...positions.ofKey(path), field: fieldName(path), message: messageOf(issue) };
    });
  }
  const path = positions.written(issue.path);
  return [{ file, ...positions.of(path), field: fieldName(path), message: messageOf(issue) }];
}
