import { isOfType, type RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { Counterfactual } from '../../../src/results/counterfactuals/find-counterfactuals.ts';
import { countWords } from '../../../src/results/metrics/words.ts';
import type { AnyMetrics } from '../../../src/results/versions.ts';
import type { RiskTag, Task, TaskOption } from '../../../src/tasks/task.ts';
import { type Point, pointOf, supposed } from './brute-force.ts';
import { textWith } from './text-with.ts';

/*
 * A witness: a recorded log, edited so that it has the figures that a counterfactual speaks of. Numbers and ids are given
 * anew; whatever is not asked for stays as recorded as far as the acts allow it.
 */

/** The edited log of an attempt. */
export function witnessOf(
  counterfactual: Counterfactual,
  events: readonly RecordedEvent[],
  task: Task,
  metrics: AnyMetrics,
): RecordedEvent[] {
  const recorded = pointOf(metrics);
  const wanted = supposed(counterfactual, recorded);
  const isChanged = (...names: (keyof Point)[]) => names.some((name) => wanted[name] !== recorded[name]);
  let log: RecordedEvent[] = structuredClone([...events]);
  if (counterfactual.group === 'risk_profile') log = withRisks(log, counterfactual, wanted, task);
  else {
    if (isChanged('provided', 'words', 'keywords')) log = withText(log, wanted);
    if (isChanged('unique', 'views')) log = withViews(log, wanted, task);
    if (isChanged('changes')) log = withChanges(log, wanted.changes, task);
    if (isChanged('speed')) log = withServerTimes(log, wanted.speed);
    if (isChanged('client')) log = withClientTimes(log, wanted.client ?? 0);
  }
  return log.map((event, index) => ({ ...event, event_id: `e${index}`, sequence_number: index + 1 }));
}

/** An event of another kind in the place of one, with its times. */
function instead<T extends RecordedEvent>(event: RecordedEvent, act: Pick<T, 'event_type' | 'payload'>): T {
  return { ...event, ...act } as T;
}

/** Puts `added` before the completion, at its time. */
function beforeTheEnd(log: RecordedEvent[], ...added: Pick<RecordedEvent, 'event_type' | 'payload'>[]) {
  const end = log.at(-1);
  if (!end) throw new Error('An empty log has no end.');
  return [...log.slice(0, -1), ...added.map((act) => instead(end, act)), end];
}

/** Leaves something without meaning where an act is taken out, so that no time moves. */
function takenOut(
  log: RecordedEvent[],
  isOut: (event: RecordedEvent) => boolean,
  task?: Task,
): RecordedEvent[] {
  const kept: RecordedEvent[] = [];
  for (const event of log) {
    if (!isOut(event)) kept.push(event);
    else if (task?.requires_reasoning !== false) {
      const payload = { text_length: 0, word_count: 0 };
      kept.push(instead(event, { event_type: 'reasoning_updated', payload }));
    } else if (kept.at(-1)?.event_type !== 'task_abandoned') {
      kept.push(instead(event, { event_type: 'task_abandoned', payload: {} }));
    }
  }
  return kept;
}

function withText(log: RecordedEvent[], { provided, words, keywords }: Point): RecordedEvent[] {
  if (!provided) return takenOut(log, ({ event_type }) => event_type === 'reasoning_submitted');
  const last = log.findLast(isOfType('reasoning_submitted'));
  const submission = (text: string) => {
    return { event_type: 'reasoning_submitted' as const, payload: { text, word_count: 0 } };
  };
  const text = textWith(words, keywords, last?.payload.text ?? '');
  if (last && words > 0)
    return log.map((event) => (event === last ? instead(last, submission(text)) : event));
  const isWritten = log.some(
    (event) => isOfType('reasoning_submitted')(event) && countWords(event.payload.text) > 0,
  );
  const first = words === 0 && !(isWritten && !last) ? [submission('word')] : [];
  return beforeTheEnd(log, ...first, submission(text));
}

function withViews(log: RecordedEvent[], { unique, views }: Point, task: Task): RecordedEvent[] {
  const viewed = log.filter(isOfType('option_viewed')).map(({ payload }) => payload.option_id);
  const others = task.options.map(({ option_id }) => option_id).filter((id) => !viewed.includes(id));
  const wanted = [...new Set([...viewed, ...others])].slice(0, unique);
  // What is kept, what stands instead of an option that is not wanted, and what comes on top.
  const ids = viewed.slice(0, views).map((id) => (wanted.includes(id) ? id : wanted[0]));
  while (ids.length < views) ids.push(wanted[0]);
  for (const id of wanted) {
    if (ids.includes(id)) continue;
    const spare = ids.findLastIndex((each, index) => ids.indexOf(each) !== index);
    ids[spare] = id;
  }
  const act = (option_id: string | undefined) => {
    const { option_code } = optionOf(task, option_id);
    return {
      event_type: 'option_viewed' as const,
      payload: { option_id: option_id ?? '', option_code, duration_ms: 1 },
    };
  };
  let seen = 0;
  const left = takenOut(log, (event) => event.event_type === 'option_viewed' && ++seen > views, task);
  let next = 0;
  const replaced = left.map((event) =>
    event.event_type === 'option_viewed' ? instead(event, act(ids[next++])) : event,
  );
  return beforeTheEnd(replaced, ...ids.slice(next).map(act));
}

function withChanges(log: RecordedEvent[], wanted: number, task: Task): RecordedEvent[] {
  let count = 0;
  const fewer = log.map((event) => {
    if (event.event_type !== 'option_changed' || ++count <= wanted) return event;
    const { to_option_id: option_id, to_code: option_code } = event.payload;
    return instead(event, { event_type: 'option_selected', payload: { option_id, option_code } });
  });
  const final = finalOption(log, task);
  const other = task.options.find(({ option_id }) => option_id !== final.option_id) ?? final;
  const missing = Array.from({ length: Math.max(0, wanted - count) }, (_, index) =>
    index % 2 === 0 ? changing(final, other) : changing(other, final),
  );
  return beforeTheEnd(fewer, ...missing, ...(missing.length % 2 === 1 ? [selecting(final)] : []));
}

function withServerTimes(events: RecordedEvent[], speed: number): RecordedEvent[] {
  const log = withFirstEventKept(events);
  const times = selectedAt(log, 'timestamp_server', speed);
  return log.map((event, index) => ({ ...event, timestamp_server: times[index] ?? event.timestamp_server }));
}

function withClientTimes(log: RecordedEvent[], client: number): RecordedEvent[] {
  const times = selectedAt(log, 'timestamp_client', client);
  const [start] = times;
  // A clock that stands still would be no clock.
  if (times.every((time) => Number(time) === Number(start))) times.push(new Date(Number(times.pop()) + 1));
  return log.map((event, index) => ({ ...event, timestamp_client: times[index] ?? event.timestamp_client }));
}

/** The times of a clock by which the first option was selected `ms` after the start: nothing moves but what must. */
function selectedAt(
  log: RecordedEvent[],
  clock: 'timestamp_server' | 'timestamp_client',
  ms: number,
): Date[] {
  const at = log.findIndex(isOfType('option_selected'));
  const start = Number(log[0]?.[clock]);
  return log.map((event, index) => {
    if (index === 0) return event[clock];
    if (index === at) return new Date(start + ms);
    const own = Number(event[clock]);
    return new Date(index < at ? Math.min(own, start + ms) : Math.max(own, start + ms));
  });
}

/** Where the first selection is the first event, something else has to be that when it moves. */
function withFirstEventKept(log: RecordedEvent[]): RecordedEvent[] {
  const [start, first, ...rest] = log;
  if (!start || first?.event_type !== 'option_selected') return log;
  return [start, instead(first, { event_type: 'task_abandoned', payload: {} }), first, ...rest];
}

/** Steps of other risks in the places of those that changed, and further ones at the end. */
function withRisks(
  log: RecordedEvent[],
  { changes }: Counterfactual,
  { final, exposure }: Point,
  task: Task,
): RecordedEvent[] {
  const change = changes.find(({ metric }) => metric === 'risk_metrics.risk_exposure_pattern');
  const steps = log.flatMap((event) => stepOf(event, task) ?? []);
  const pattern = [
    ...((change?.to as readonly RiskTag[] | undefined) ?? steps.map(({ option }) => option.risk_tag)),
  ];
  if (exposure.length !== pattern.length) throw new Error('The pattern has another length.');
  while (steps.length < pattern.length) steps.push({ kind: 'select', option: optionWith(task, final) });
  // The last choice is the final one: its risk changes places with that of another step.
  const last = steps.findLastIndex(({ kind }) => kind !== 'view');
  const there = pattern.lastIndexOf(final);
  const swapped = pattern[last];
  if (swapped !== undefined && swapped !== final) {
    pattern[last] = final;
    pattern[there] = swapped;
  }
  const meant = steps.map(({ kind, option }, index) => {
    const risk = pattern[index] ?? final;
    return { kind, option: option.risk_tag === risk ? option : optionWith(task, risk) };
  });
  return played(log, meant, task);
}

interface Step {
  kind: 'view' | 'select' | 'change';
  option: TaskOption;
}

function stepOf(event: RecordedEvent, task: Task): Step | undefined {
  switch (event.event_type) {
    case 'option_viewed':
      return { kind: 'view', option: optionOf(task, event.payload.option_id) };
    case 'option_selected':
      return { kind: 'select', option: optionOf(task, event.payload.option_id) };
    case 'option_changed':
      return { kind: 'change', option: optionOf(task, event.payload.to_option_id) };
    default:
      return undefined;
  }
}

/** The log with these steps instead of its own; a change to what is selected already becomes a selection. */
function played(log: RecordedEvent[], steps: readonly Step[], task: Task): RecordedEvent[] {
  let selected: TaskOption | undefined;
  const actOf = ({ kind, option }: Step): Pick<RecordedEvent, 'event_type' | 'payload'> => {
    const { option_id, option_code } = option;
    if (kind === 'view') {
      return { event_type: 'option_viewed', payload: { option_id, option_code, duration_ms: 1 } };
    }
    const before = selected;
    selected = option;
    return kind === 'change' && before && before.option_id !== option_id
      ? changing(before, option)
      : selecting(option);
  };
  let next = 0;
  const before = log.slice(0, -1).map((event) => {
    const step = stepOf(event, task) && steps[next++];
    return step ? instead(event, actOf(step)) : event;
  });
  const [end] = log.slice(-1);
  const more = steps.slice(next).map(actOf);
  const completed = beforeTheEnd(end ? [...before, end] : before, ...more);
  const { option_id, option_code } = selected ?? finalOption(log, task);
  return completed.map((event) =>
    event.event_type === 'task_completed'
      ? { ...event, payload: { final_option_id: option_id, final_option_code: option_code } }
      : event,
  );
}

function changing(from: TaskOption, to: TaskOption) {
  const payload = {
    from_option_id: from.option_id,
    to_option_id: to.option_id,
    from_code: from.option_code,
    to_code: to.option_code,
  };
  return { event_type: 'option_changed' as const, payload };
}

function selecting({ option_id, option_code }: TaskOption) {
  return { event_type: 'option_selected' as const, payload: { option_id, option_code } };
}

function finalOption(log: readonly RecordedEvent[], task: Task): TaskOption {
  return optionOf(task, log.find(isOfType('task_completed'))?.payload.final_option_id);
}

function optionOf(task: Task, id: string | undefined): TaskOption {
  const option = task.options.find(({ option_id }) => option_id === id);
  if (!option) throw new Error(`The task has no option ${id}.`);
  return option;
}

function optionWith(task: Task, risk: RiskTag): TaskOption {
  const option = task.options.find(({ risk_tag }) => risk_tag === risk);
  if (!option) throw new Error(`The task has no option of ${risk} risk.`);
  return option;
}
