import { type Difference, metricsByName } from './compare.ts';
import { describeStep } from './describe-step.ts';
import type { FileError, LoadedScenario } from './parse.ts';
import type { Performance, PlayedStep } from './play.ts';
import { fieldName, type Position } from './positions.ts';

/** An unmet expectation with its place in the file. */
export interface PlacedDifference extends Position {
  field: string;
  expected: unknown;
  actual: unknown;
}

/** One scenario and what came of it; `played` is absent where a server cannot keep its exact times. */
export interface ScenarioReport {
  scenario: LoadedScenario;
  played?: Performance;
  differences: PlacedDifference[];
}

/** A whole run. */
export interface RunReport {
  passed: boolean;
  errors: FileError[];
  scenarios: ScenarioReport[];
}

/** Gives each difference its place in the scenario's file. */
export function placed(scenario: LoadedScenario, found: readonly Difference[]): PlacedDifference[] {
  return found.map(({ path, expected, actual }) => {
    const { line, column } = scenario.positions.of(path);
    return { line, column, field: fieldName(scenario.positions.written(path)), expected, actual };
  });
}

/** The run for programs: plain data, the same for the same scenarios in virtual time. */
export function reportForPrograms({ passed, errors, scenarios }: RunReport): object {
  return { passed, errors, scenarios: scenarios.map(scenarioForPrograms) };
}

function scenarioForPrograms({ scenario, played, differences }: ScenarioReport): object {
  const { file, person } = scenario;
  if (!played) return { file, person, outcome: 'skipped', differences };
  const { view, results } = played;
  return {
    file,
    person,
    outcome: differences.length === 0 ? 'passed' : 'failed',
    steps: played.steps.map(stepForPrograms),
    state: view.state,
    status: view.status,
    metrics: results ? Object.fromEntries(metricsByName(results.metrics)) : null,
    skills: results?.profile.inferred_skills ?? null,
    behavioral_summary: results?.profile.behavioral_summary ?? null,
    recruiter_notes: results?.profile.recruiter_notes ?? null,
    differences,
  };
}

function stepForPrograms({ step, sent_at, outcome, answer, view }: PlayedStep): object {
  const facts = { at: step.at, sent_at, event: step.event, says: describeStep(step), outcome };
  const { state, sequence_number } = view;
  if (answer.acknowledged) return { ...facts, sequence_number: answer.sequence_number, state };
  const { status, code, detail, errors, allowed_events } = answer;
  const refusal = {
    status,
    code,
    detail,
    ...(errors && { errors }),
    ...(allowed_events && { allowed_events }),
  };
  return { ...facts, sequence_number, state, refusal };
}
