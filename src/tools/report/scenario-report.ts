import type { Performance, PlayedStep } from '../player/play.ts';
import { quote } from '../scenario/fields.ts';
import type { FileError, LoadedScenario } from '../scenario/parse.ts';
import { BENEATH, describeStep, eventLine, stateText } from './describe-step.ts';
import type { Difference } from './differences.ts';
import { metricsByName, profileLines } from './profile.ts';
import { type Paint, seconds, wrap } from './text.ts';

/** One scenario and what came of it; `played` is absent where a server cannot keep its exact times. */
export interface ScenarioReport {
  scenario: LoadedScenario;
  played: Performance | undefined;
  differences: Difference[];
}

/** The same for the same scenario in virtual time. */
export function forPrograms({ scenario: { file, person }, played, differences }: ScenarioReport): object {
  if (!played) return { file, person, outcome: 'skipped', differences };
  const { view, results } = played;
  return {
    file,
    person,
    outcome: differences.length === 0 ? 'passed' : 'failed',
    steps: played.steps.map(stepForPrograms),
    state: view.state,
    status: view.status,
    metrics: results ? metricsByName(results.metrics) : null,
    skills: results?.profile.inferred_skills ?? null,
    borderline: results?.profile.borderline ?? null,
    behavioral_summary: results?.profile.behavioral_summary ?? null,
    recruiter_notes: results?.profile.recruiter_notes ?? null,
    differences,
  };
}

function stepForPrograms({ step, sent_at, outcome, answer, view: { state, sequence_number } }: PlayedStep) {
  const facts = { at: step.at, sent_at, event: step.event, says: describeStep(step), outcome, state };
  if (answer.acknowledged) return { ...facts, sequence_number: answer.sequence_number };
  const { status, code, detail, errors, allowed_events } = answer;
  return { ...facts, sequence_number, refusal: { status, code, detail, errors, allowed_events } };
}

/** `analytical.yaml:12:5 steps[3].at: must be …` */
export function errorLine({ file, line, column, field, message }: FileError): string {
  return `${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${message}`;
}

/** One scenario for reading: what happened when, what was measured and concluded, what was not as expected. */
export function timeline(report: ScenarioReport, paint: Paint): string {
  const lines = Array.from(linesOf(report, paint), (line) => (line === '' ? '' : `  ${line}`));
  return [...wrap(report.scenario.person), ...lines, ''].join('\n');
}

function* linesOf(
  { scenario: { file }, played, differences }: ScenarioReport,
  paint: Paint,
): Generator<string> {
  yield* [file, ''];
  if (!played) {
    yield 'skipped: it expects exact times, which only virtual time has';
    return;
  }
  const { steps, view, results } = played;
  for (const step of steps) yield* stepLines(step);
  yield '';
  if (results) yield* profileLines(results, paint);
  else yield `no results: the attempt is ${stateText(view.state)}`;
  yield* ['', differences.length === 0 ? 'as expected' : 'not as expected'];
  for (const { expected, actual, ...place } of differences) {
    const message = `expected ${quote(expected)}, actual ${quote(actual)}`;
    yield `  ${errorLine({ file, ...place, message })}`;
  }
}

/** What happened in a step and, beneath its line, what else is worth saying of it. */
function* stepLines({ step, outcome, answer, view, sent_at }: PlayedStep): Generator<string> {
  const number = answer.acknowledged ? answer.sequence_number : undefined;
  const told = answer.acknowledged ? outcome : `refused: ${answer.code}`;
  const line = eventLine(step.at, number, step.event);
  yield* wrap(`${describeStep(step).padEnd(13)}  ${told.padEnd(8)}  ${stateText(view.state)}`, line);
  if (step.note !== undefined) yield* wrap(`(${step.note})`, BENEATH);
  if (sent_at > step.at) yield `${BENEATH}sent at ${seconds(sent_at, 3)}`;
  if (step.client_at !== undefined)
    yield `${BENEATH}the candidate's clock shows ${seconds(step.client_at, 3)}`;
  if (answer.acknowledged) return;
  yield* wrap(answer.detail, BENEATH);
  const { allowed_events } = answer;
  if (allowed_events) yield* wrap(`allowed now: ${allowed_events.join(', ') || 'nothing'}`, BENEATH);
}
