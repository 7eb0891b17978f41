import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play } from '../../src/tools/player/play.ts';
import { virtualStage } from '../../src/tools/player/virtual-stage.ts';
import { differences } from '../../src/tools/report/differences.ts';
import { parseScenarios } from '../../src/tools/scenario/parse.ts';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

/** Every file beside this one, and every person in it, is a test. */
describe.each(files)('%s', (file) => {
  const { scenarios, errors } = parseScenarios(file, readFileSync(join(FOLDER, file), 'utf8'));

  it('has no errors and expects something of each person', () => {
    expect(errors).toEqual([]);
    expect(scenarios.filter(({ expect }) => Object.keys(expect).length === 0)).toEqual([]);
  });

  it.each(scenarios)('$person', async (scenario) => {
    expect(differences(scenario, await play(scenario, await virtualStage(scenario.task)))).toEqual([]);
  });
});

it('knows every skill, every style, every quality flag and every limit from some person', () => {
  const all = files.map((file) => readFileSync(join(FOLDER, file), 'utf8')).join('\n');
  for (const code of [
    ...['ANALYTICAL_THINKING', 'DECISIVE_THINKING', 'EXPLORATORY_THINKING'],
    ...['RISK_AWARENESS', 'RISK_AVERSE', 'CALCULATED_RISK_TAKER', 'RISK_SEEKING', 'RISK_NEUTRAL'],
    ...['STRUCTURED_REASONING', 'DETAILED_REASONING', 'CONCISE_REASONING'],
    ...['active_time_exceeds_total', 'clock_skew', 'time_limit_exceeded', 'resumed_after_abandon'],
    ...['events_batched', 'selection_without_change_event', 'undetermined', 'reasoning_style: none'],
    // Not client_clock_corrected: the played server is strict about clocks.
    ...['no_option_viewed', 'final_option_not_viewed', 'long_pause', 'long_view'],
    ...['client_clock_unusable', 'unspaced_script', 'one_risk_seen', 'no_logical_keyword'],
    ...['limits: [borderline]', 'resolution', 'clock_disagreement', 'within_5_percent'],
  ]) {
    expect(all).toContain(code);
  }
});
