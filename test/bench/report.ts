import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { rounded } from './statistics.ts';

/** One line of the table. */
export interface Row {
  section: string;
  figure: string;
  value: number;
  unit: string;
  /** The target in words; absent if a figure is only reported. */
  target?: string;
  met?: boolean;
}

/** Collects the figures, prints each at once, and writes all at the end. */
export class Report {
  readonly #rows: Row[] = [];
  #section = '';

  begin(section: string): void {
    this.#section = section;
  }

  /** @param bound the largest value that meets the target, or the smallest with `atLeast`. */
  add(figure: string, value: number, unit: string, bound?: { atMost: number } | { atLeast: number }): void {
    const row: Row = { section: this.#section, figure, value: rounded(value), unit };
    if (bound && 'atMost' in bound)
      Object.assign(row, { target: `≤ ${bound.atMost}`, met: value <= bound.atMost });
    if (bound && 'atLeast' in bound) {
      Object.assign(row, { target: `≥ ${bound.atLeast}`, met: value >= bound.atLeast });
    }
    this.#rows.push(row);
    console.log(lineOf(row));
  }

  async write(file: string, settings: object): Promise<void> {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
    await mkdir('test/output', { recursive: true });
    const whole = { at: new Date().toISOString(), machine, settings, figures: this.#rows };
    await writeFile(file, `${JSON.stringify(whole, null, 2)}\n`);
    console.log(`\nWritten to ${file}`);
  }
}

function lineOf({ section, figure, value, unit, target, met }: Row): string {
  const verdict = target === undefined ? '' : `${target.padEnd(8)} ${met ? 'met' : 'MISSED'}`;
  const shown = value.toLocaleString('en', { maximumSignificantDigits: 3, useGrouping: false });
  return `${section}  ${figure.padEnd(62)} ${shown.padStart(9)} ${unit.padEnd(9)} ${verdict}`;
}
