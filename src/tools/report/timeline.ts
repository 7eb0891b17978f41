import type { PlayedStep } from '../player/play.ts';
import { quote } from '../scenario/fields.ts';
import type { FileError } from '../scenario/parse.ts';
import { describeStep, stateText } from './describe-step.ts';
import type { RunReport, ScenarioReport } from './json-report.ts';
import { profileLines } from './profile.ts';
import { type Paint, seconds, table } from './text.ts';

const INDENT = '  ';

/** `analytical.yaml:12:5 steps[3].at: must be …` */
export function errorLine({ file, line, column, field, message }: FileError): string {
  return `${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${message}`;
}

/** One scenario for reading: what happened when, what was measured and concluded, what was not as expected. */
export function timeline({ scenario, played, differences }: ScenarioReport, paint: Paint): string {
  const { person, file } = scenario;
  if (!played) {
    return [
      person,
      INDENT + file,
      '',
      `${INDENT}skipped: it expects exact times, which only virtual time has`,
      '',
    ].join('\n');
  }
  const { steps, view, results } = played;
  const failures = differences.map(
    ({ expected, actual, ...place }) =>
      INDENT + errorLine({ file, ...place, message: `expected ${quote(expected)}, actual ${quote(actual)}` }),
  );
  const indented = [
    file,
    '',
    ...stepLines(steps),
    '',
    ...(results ? profileLines(results, paint) : [`no results: the attempt is ${stateText(view.state)}`]),
    '',
    ...(failures.length === 0 ? ['as expected'] : ['not as expected', ...failures]),
  ];
  return [person, ...indented.map((line) => (line === '' ? '' : INDENT + line)), ''].join('\n');
}

/** The last lines: how many passed, and which did not. */
export function summary({ scenarios, errors }: RunReport): string {
  const failed = scenarios.filter(({ differences }) => differences.length > 0);
  const skipped = scenarios.filter(({ played }) => !played).length;
  const counts = [
    [scenarios.length - failed.length - skipped, 'passed'],
    [failed.length, 'failed'],
    [skipped, 'skipped'],
    [errors.length, errors.length === 1 ? 'error in files' : 'errors in files'],
  ] as const;
  const said = counts.filter(([count, what]) => count > 0 || what === 'passed').map((part) => part.join(' '));
  const names = failed.map(({ scenario }) => `${INDENT}failed: ${scenario.person} (${scenario.file})`);
  return [said.join(', '), ...names].join('\n');
}

function stepLines(steps: readonly PlayedStep[]): string[] {
  const rows = table(
    steps.map(({ step, outcome, answer, view }) => [
      seconds(step.at, 3).padStart(10),
      step.event,
      describeStep(step),
      answer.acknowledged ? outcome : `refused: ${answer.code}`,
      stateText(view.state),
    ]),
  );
  return rows.flatMap((row, index) => [
    row,
    ...Array.from(remarks(steps[index]), (remark) => ' '.repeat(12) + remark),
  ]);
}

/** What is worth saying of a step beneath its line. */
function* remarks(played: PlayedStep | undefined): Generator<string> {
  if (!played) return;
  const { step, sent_at, answer } = played;
  if (step.note !== undefined) yield `(${step.note})`;
  if (sent_at > step.at) yield `sent at ${seconds(sent_at, 3)}`;
  if (step.client_at !== undefined) yield `the candidate's clock shows ${seconds(step.client_at, 3)}`;
  if (answer.acknowledged) return;
  yield answer.detail;
  if (answer.allowed_events) yield `allowed now: ${answer.allowed_events.join(', ') || 'nothing'}`;
}
