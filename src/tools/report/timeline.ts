import type { StateValue } from 'xstate';
import type { PlayedStep } from '../player/play.ts';
import type { Answer, Results } from '../player/stage.ts';
import { quote } from '../scenario/fields.ts';
import type { FileError } from '../scenario/parse.ts';
import { describeStep } from './describe-step.ts';
import { type Difference, metricsByName } from './differences.ts';
import type { RunReport, ScenarioReport } from './json-report.ts';
import { seconds, table } from './text.ts';

const INDENT = '  ';

/** `analytical.yaml:12:5 steps[3].at: must be …` */
export function fileErrorLine({ file, line, column, field, message }: FileError): string {
  return `${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${message}`;
}

/** One scenario for reading: what happened when, what was measured and concluded, what was not as expected. */
export function timeline({ scenario, played, differences }: ScenarioReport): string {
  const heading = [`${scenario.person}`, `${INDENT}${scenario.file}`, ''];
  if (!played) {
    return [...heading, `${INDENT}skipped: it expects exact times, which only virtual time has`, ''].join(
      '\n',
    );
  }
  const { steps, view, results } = played;
  return [
    ...heading,
    ...rows(steps).map((line) => INDENT + line),
    '',
    ...(results ? resultLines(results) : [`${INDENT}no results: the attempt is ${stateText(view.state)}`]),
    '',
    ...differenceLines(scenario.file, differences),
    '',
  ].join('\n');
}

/** The last lines: how many passed, and which did not. */
export function summary({ scenarios, errors }: RunReport): string {
  const failed = scenarios.filter(({ differences }) => differences.length > 0);
  const skipped = scenarios.filter(({ played }) => !played).length;
  const passed = scenarios.length - failed.length - skipped;
  const parts = [
    `${passed} passed`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(errors.length > 0 ? [`${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in files`] : []),
  ];
  const names = failed.map(({ scenario }) => `${INDENT}failed: ${scenario.person} (${scenario.file})`);
  return [parts.join(', '), ...names].join('\n');
}

function rows(steps: readonly PlayedStep[]): string[] {
  const lines = table(
    steps.map(({ step, outcome, answer, view }) => [
      seconds(step.at, 3).padStart(10),
      step.event,
      describeStep(step),
      answer.acknowledged ? outcome : `refused: ${answer.code}`,
      stateText(view.state),
    ]),
  );
  return steps.flatMap((step, index) => [
    lines[index] ?? '',
    ...remarks(step).map((remark) => `${' '.repeat(12)}${remark}`),
  ]);
}

/** What is worth saying of a step beneath its line. */
function remarks({ step, sent_at, answer }: PlayedStep): string[] {
  return [
    ...(step.note === undefined ? [] : [`(${step.note})`]),
    ...(sent_at > step.at ? [`sent at ${seconds(sent_at, 3)}`] : []),
    ...(step.client_at === undefined ? [] : [`the candidate's clock shows ${seconds(step.client_at, 3)}`]),
    ...(answer.acknowledged ? [] : refusalLines(answer)),
  ];
}

function refusalLines({ detail, allowed_events }: Answer & { acknowledged: false }): string[] {
  return allowed_events ? [detail, `allowed now: ${allowed_events.join(', ') || 'nothing'}`] : [detail];
}

function resultLines({ metrics, profile }: Results): string[] {
  const values = [...metricsByName(metrics)].map(([name, value]) => [name, metricText(value)]);
  const { decision_style, risk_profile, reasoning_style } = profile.behavioral_summary;
  return [
    'metrics',
    ...table(values).map((line) => INDENT + line),
    'skills',
    ...profile.inferred_skills.flatMap(({ skill_code, skill_label, confidence, reliability, evidence }) => [
      `${INDENT}${skill_code} (${confidence}${reliability === 'limited' ? ' but limited' : ''}): ${skill_label}`,
      ...evidence.map((sentence) => `${INDENT}${INDENT}${sentence}`),
    ]),
    'summary',
    `${INDENT}decision style ${decision_style}, risk profile ${risk_profile}, reasoning style ${reasoning_style}`,
    'notes',
    // One sentence a line; a figure such as 64.5 ends none.
    ...profile.recruiter_notes.split(/(?<=\.) (?=[A-Z])/).map((sentence) => INDENT + sentence),
  ].map((line) => INDENT + line);
}

function differenceLines(file: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [`${INDENT}as expected`];
  return [
    `${INDENT}not as expected`,
    ...differences.map(
      ({ line, column, field, expected, actual }) =>
        `${INDENT}${INDENT}${file}:${line}:${column} ${field}: expected ${quote(expected)}, actual ${quote(actual)}`,
    ),
  ];
}

/** `active (decided, writing)`; the names of parallel regions would only repeat on every line. */
function stateText(state: StateValue): string {
  if (typeof state === 'string') return state;
  const parts = Object.entries(state).map(([name, inner]) => {
    if (inner === undefined) return name;
    if (typeof inner === 'string') return `${name} (${inner})`;
    const regions = Object.values(inner).map((region) => (region === undefined ? '' : stateText(region)));
    return `${name} (${regions.join(', ')})`;
  });
  return parts.join(', ');
}

function metricText(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? 'none' : value.join(', ');
}
