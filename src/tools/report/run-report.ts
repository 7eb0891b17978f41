import type { FileError } from '../scenario/parse.ts';
import type { Terminal } from '../terminal.ts';
import { errorLine, forPrograms, type ScenarioReport, timeline } from './scenario-report.ts';

/** What a run tells: a report for programs, or only what is not as expected. */
interface Wish {
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

const JSON_BEGINNING = '{"scenarios": [\n';

/**
 * Tells a run of any number of scenarios as it goes on, for reading or, as one JSON object, for programs. It keeps only
 * what the end of the report names.
 */
export class RunReport {
  readonly #wish: Wish;
  readonly #terminal: Terminal;
  readonly #errors: FileError[] = [];
  readonly #failed: string[] = [];
  #skipped = 0;
  #count = 0;

  constructor(wish: Wish, terminal: Terminal) {
    this.#wish = wish;
    this.#terminal = terminal;
  }

  tellErrors(errors: readonly FileError[]): void {
    this.#errors.push(...errors);
    for (const error of errors) this.#terminal.printError(errorLine(error));
  }

  tell(report: ScenarioReport): void {
    const { scenario, played, differences } = report;
    const { print, paint } = this.#terminal;
    if (this.#wish.json)
      print((this.#count === 0 ? JSON_BEGINNING : ',') + JSON.stringify(forPrograms(report)));
    else if (!this.#wish.quiet || differences.length > 0) print(timeline(report, paint));
    this.#count += 1;
    if (!played) this.#skipped += 1;
    if (differences.length > 0) this.#failed.push(`  failed: ${scenario.person} (${scenario.file})`);
  }

  /** Tells the last lines: how many passed, and which did not. @returns the command's exit code */
  end(): number {
    const passed = this.#errors.length === 0 && this.#failed.length === 0;
    const { print } = this.#terminal;
    if (this.#wish.json) {
      const beginning = this.#count === 0 ? JSON_BEGINNING : '';
      print(`${beginning}], "errors": ${JSON.stringify(this.#errors)}, "passed": ${passed}}`);
    } else print(this.#summary());
    if (this.#errors.length > 0) return 2;
    return passed ? 0 : 1;
  }

  #summary(): string {
    const passed = this.#count - this.#failed.length - this.#skipped;
    const counts = [`${passed} passed`];
    if (this.#failed.length > 0) counts.push(`${this.#failed.length} failed`);
    if (this.#skipped > 0) counts.push(`${this.#skipped} skipped`);
    const { length } = this.#errors;
    if (length > 0) counts.push(`${length} ${length === 1 ? 'error' : 'errors'} in files`);
    return [counts.join(', '), ...this.#failed].join('\n');
  }
}
