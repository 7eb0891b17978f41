import type { Performance, PlayedStep } from '../player/play.ts';
import type { FileError, LoadedScenario } from '../scenario/parse.ts';
import { describeStep } from './describe-step.ts';
import type { Difference } from './differences.ts';
import { metricsByName } from './profile.ts';

/** One scenario and what came of it; `played` is absent where a server cannot keep its exact times. */
export interface ScenarioReport {
  scenario: LoadedScenario;
  played?: Performance;
  differences: Difference[];
}

/** A whole run. */
export interface RunReport {
  passed: boolean;
  errors: FileError[];
  scenarios: ScenarioReport[];
}

/** The run for programs: plain data, the same for the same scenarios in virtual time. */
export function reportForPrograms({ passed, errors, scenarios }: RunReport): object {
  return { passed, errors, scenarios: scenarios.map(scenarioForPrograms) };
}

function scenarioForPrograms({ scenario: { file, person }, played, differences }: ScenarioReport): object {
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
    behavioral_summary: results?.profile.behavioral_summary ?? null,
    recruiter_notes: results?.profile.recruiter_notes ?? null,
    differences,
  };
}

function stepForPrograms({
  step,
  sent_at,
  outcome,
  answer,
  view: { state, sequence_number },
}: PlayedStep): object {
  const facts = { at: step.at, sent_at, event: step.event, says: describeStep(step), outcome };
  if (answer.acknowledged) return { ...facts, sequence_number: answer.sequence_number, state };
  const { status, code, detail, errors, allowed_events } = answer;
  return { ...facts, sequence_number, state, refusal: { status, code, detail, errors, allowed_events } };
}
