import { MAX_LINE } from '../lines.ts';
import { Problem } from '../problem.ts';

/** A part of a file that can be read by itself. */
export interface DocumentText {
  text: string;
  /** The line of the file on which it begins, counted from 1. */
  firstLine: number;
}

const BEGINNING = /^---(?:\s|$)/;
const END = /^\.\.\.(?:\s|$)/;
/** Blank lines, comments and directives belong to the document that follows. */
const EMPTY = /^\s*(?:[#%]|$)/;

/**
 * Takes a file apart into its documents, line by line, so that it need not be in memory as a whole. They are separated
 * as in YAML or, in a file of JSON lines, one to a line.
 */
export class DocumentSplitter {
  readonly #isJsonLines: boolean;
  #lines: string[] = [];
  #length = 0;
  #hasContent = false;
  #firstLine = 1;

  constructor(file: string) {
    this.#isJsonLines = /\.(?:jsonl|ndjson)$/.test(file);
  }

  /** @returns the document that has ended, if one has. @throws Problem for one that is too long to be read */
  add(line: string): DocumentText | undefined {
    const ended = BEGINNING.test(line) && this.#hasContent ? this.#take() : undefined;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length > MAX_LINE)
      throw new Problem(`cannot be read: what begins in line ${this.#firstLine} is too long for one person`);
    this.#hasContent ||= !EMPTY.test(line);
    const isEnd = END.test(line) || (this.#isJsonLines && this.#hasContent);
    return ended ?? (isEnd ? this.#take() : undefined);
  }

  /** @returns the last document; an empty file has an empty one */
  end(): DocumentText | undefined {
    return this.#hasContent || this.#firstLine === 1 ? this.#take() : undefined;
  }

  #take(): DocumentText {
    const document = { text: `${this.#lines.join('\n')}\n`, firstLine: this.#firstLine };
    this.#firstLine += this.#lines.length;
    this.#lines = [];
    this.#length = 0;
    this.#hasContent = false;
    return document;
  }
}
