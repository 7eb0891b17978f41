import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** File to which each test adds its figures. */
    figures: string;
  }
}

/** What the tests count and measure; each test adds its figures. Times in milliseconds, memory in MiB. */
export interface Figures {
  acknowledged?: number;
  kills?: number;
  cuts?: number;
  lost?: number;
  recoveryMs?: number;
  remoteMs?: number[];
  /** What the hostile run sent and got, in words. */
  hostile?: string;
  /** How the random runs of a front end in a browser ended, in words. */
  frontEnd?: string;
  stalledRss?: { before: number; peak: number; after: number };
}

/** Adds figures to the run's. */
export function note(file: string, figures: Figures): void {
  appendFileSync(file, `${JSON.stringify(figures)}\n`);
}

/** Prints the one line that sums up the whole run. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  const file = join(folder, 'figures');
  note(file, {});
  project.provide('figures', file);
  return () => {
    const all = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Figures);
    const sum = (key: 'acknowledged' | 'kills' | 'cuts' | 'lost') =>
      all.reduce((total, figures) => total + (figures[key] ?? 0), 0);
    const recovery = Math.max(0, ...all.map(({ recoveryMs = 0 }) => recoveryMs));
    const latencies = all.flatMap(({ remoteMs = [] }) => remoteMs).sort((a, b) => a - b);
    const rss = all.find(({ stalledRss }) => stalledRss)?.stalledRss;
    console.log(
      [
        `faults: ${sum('acknowledged')} events acknowledged, ${sum('kills')} kills, ${sum('cuts')} cuts`,
        `${sum('lost')} lost`,
        `longest recovery ${Math.round(recovery)} ms`,
        `other server's events after ${latencies[latencies.length >> 1] ?? '–'} ms (median), ${latencies.at(-1) ?? '–'} ms (longest)`,
        rss
          ? `1000 stalled readers: ${rss.before} MiB before, ${rss.peak} at most, ${rss.after} after`
          : 'stalled readers not measured',
      ].join(', '),
    );
    for (const { hostile, frontEnd } of all) {
      if (hostile) console.log(hostile);
      if (frontEnd) console.log(frontEnd);
    }
    rmSync(folder, { recursive: true });
  };
}
