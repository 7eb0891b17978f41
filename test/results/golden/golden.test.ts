import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RESULTS_VERSIONS, resultsVersion } from '../../../src/results/versions.ts';
import { goldenLog, goldenNames } from './logs.ts';

/*
 * Recorded attempts (`logs`) and all that each version made of them. A formula, rule or sentence that changes without
 * a new version fails here. The results of a new version are written once, and never again:
 * WRITE_GOLDEN=1.2.0 npx vitest run --config test/vitest.config.ts test/results/golden
 */

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const read = (...path: string[]) => JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8'));

it('there are logs', () => {
  expect(goldenNames.length).toBeGreaterThanOrEqual(7);
});

describe.each(Object.keys(RESULTS_VERSIONS))('version %s', (version) => {
  it.each(goldenNames)('makes of %s what it always made', (name) => {
    const { task, events } = goldenLog(name);
    const { computeMetrics, interpret, explain } = resultsVersion(version);
    const metrics = computeMetrics(events, task);
    const made = { metrics, profile: interpret(metrics, task), explanation: explain(metrics, task) };
    const file = join(FOLDER, version, name);
    if (process.env['WRITE_GOLDEN'] === version && !existsSync(file)) {
      writeFileSync(file, JSON.stringify(made, null, 2));
    }
    expect(made).toEqual(read(version, name));
    expect(metrics.version).toBe(version);
    expect(made.profile.interpreter_version).toBe(version);
  });
});

it('each version reads its own metrics only', () => {
  const { task, events } = goldenLog('careful.json');
  const metrics = resultsVersion('1.0.0').computeMetrics(events, task);
  expect(() => resultsVersion('1.1.0').interpret(metrics, task)).toThrow(
    'Metrics of version 1.0.0 cannot be read by the rules of version 1.1.0.',
  );
  expect(() => resultsVersion('9.0.0')).toThrow('Results of version 9.0.0 are not known to this release.');
});
