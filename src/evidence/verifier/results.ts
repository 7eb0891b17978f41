import { machineById } from '../../../machines/index.ts';
import { initialState, toMachineEvent } from '../../attempts/session/machine-steps.ts';
import { continueReplay } from '../../attempts/session/replay.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { TaskFacts } from '../../results/metrics/computed-metrics.ts';
import { resultsVersion } from '../../results/versions.ts';
import type { RiskTag } from '../../tasks/task.ts';
import { differences } from './differences.ts';
import type { OpenedEvents } from './events.ts';
import type { Bundle } from './read-bundle.ts';
import { CannotCheck, Failed } from './report.ts';

/** Replays the events by the attempt's own machine, without running anything. */
export function checkMachine({ attempt, task }: Bundle, events: readonly RecordedEvent[]): void {
  const machine = machineById(attempt.machine_id);
  const { attempt_id } = attempt;
  let state = initialState(machine, { attempt_id, requires_reasoning: task.requires_reasoning });
  for (const event of events) {
    try {
      state = continueReplay(machine, state, [event]);
    } catch {
      const detail = `The machine does not accept ${toMachineEvent(event).type} here.`;
      throw new Failed({ event: event.sequence_number, field: 'event_type', detail });
    }
    for (const finding of foreignOptions(event, task)) throw new Failed(finding);
  }
  if (!state.matches('computing')) {
    throw new Failed({
      field: 'events',
      detail: 'The last event does not complete the attempt: one was left out.',
    });
  }
}

/** Codes of options that are not those of their ids, by which the server would have refused the event. */
function foreignOptions({ sequence_number, payload }: RecordedEvent, { options }: Bundle['task']) {
  const values = payload as Record<string, unknown>;
  return ['option', 'from', 'to', 'final_option']
    .map((name) => ({
      id: name.endsWith('option') ? `${name}_id` : `${name}_option_id`,
      code: `${name}_code`,
    }))
    .filter(({ id }) => values[id] !== undefined)
    .filter(
      ({ id, code }) =>
        options.find(({ option_id }) => option_id === values[id])?.option_code !== values[code],
    )
    .map(({ id }) => ({
      event: sequence_number,
      field: `payload.${id}`,
      detail: 'The task has no such option, or its code is another one.',
    }));
}

/** Risks that are withheld are those that no result depends on; a formula that asked for one would fail. */
const factsOf = ({ task }: Bundle): TaskFacts => ({
  options: task.options.map(({ option_id, risk }) => ({
    option_id,
    risk_tag: (typeof risk === 'object' ? risk?.risk_tag : undefined) as RiskTag,
  })),
  time_limit_seconds: task.time_limit_seconds,
  marks: task.marks,
});

export function checkMetrics(bundle: Bundle, { events, missing }: OpenedEvents): void {
  const isTextMissing = missing.some(
    ({ event = 0 }) => events[event - 1]?.event_type === 'reasoning_submitted',
  );
  if (isTextMissing) {
    throw new CannotCheck(
      'A text that the metrics depend on cannot be read. The seal says what was computed then.',
    );
  }
  refuseDifferences(
    bundle.metrics,
    resultsVersion(bundle.metrics.version).computeMetrics(events, factsOf(bundle)),
    'metrics',
  );
}

export function checkProfile(bundle: Bundle): void {
  const { interpret } = resultsVersion(bundle.profile.interpreter_version);
  refuseDifferences(bundle.profile, interpret(bundle.metrics, factsOf(bundle)), 'profile');
}

export function checkExplanation(bundle: Bundle): void {
  const { explain } = resultsVersion(bundle.profile.interpreter_version);
  refuseDifferences(bundle.explanation, explain(bundle.metrics, factsOf(bundle)), 'explanation');
}

/** @throws Failed naming each figure or sentence that is another one */
function refuseDifferences(stated: unknown, derived: unknown, path: string): void {
  const found = differences(stated, derived, path);
  if (found.length > 0) throw new Failed(...found);
}
