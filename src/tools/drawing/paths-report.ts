import type { AttemptMachine } from '../../../machines/index.ts';
import { eventNames } from './graph.ts';
import { type Refusal, refusals, type ShortestPath, shortestPaths } from './paths.ts';

/** How to reach every state of a machine and what each state refuses, as plain text, with and without reasoning. */
export function pathsReport(machine: AttemptMachine): string {
  return [true, false].map((requires_reasoning) => section(machine, requires_reasoning)).join('\n\n');
}

function section(machine: AttemptMachine, requires_reasoning: boolean): string {
  const input = { attempt_id: 'any', requires_reasoning };
  const paths = shortestPaths(machine, input);
  return [
    heading(`${machine.id}, task ${requires_reasoning ? 'with' : 'without'} reasoning`, '='),
    '',
    heading('Shortest way to each state', '-'),
    ...pathRows(paths, eventNames(machine)),
    '',
    heading('What each state refuses (x), takes (.), or either, depending on what came before (~)', '-'),
    ...refusalRows(paths, refusals(machine, input)),
  ].join('\n');
}

const heading = (text: string, line: string): string => `${text}\n${line.repeat(text.length)}`;

function pathRows(paths: readonly ShortestPath[], names: ReadonlyMap<string, string>): string[] {
  const width = widest(paths.map(({ state }) => state));
  return paths.map(({ state, events }, index) => {
    const way = folded(events.map(({ type }) => names.get(type) ?? type)).join(' → ');
    return `${number(index)}  ${state.padEnd(width)}  ${way === '' ? '(begins here)' : way}`;
  });
}

function refusalRows(paths: readonly ShortestPath[], list: readonly Refusal[]): string[] {
  const width = widest(list.map(({ event }) => event));
  const sign = ({ always, sometimes }: Refusal, state: string): string => {
    if (always.includes(state)) return 'x';
    return sometimes.includes(state) ? '~' : '.';
  };
  return [
    `${' '.repeat(width)}${paths.map((_, index) => ` ${number(index)}`).join('')}`,
    ...list.map(
      (refusal) =>
        `${refusal.event.padEnd(width)}${paths.map(({ state }) => `  ${sign(refusal, state)}`).join('')}`,
    ),
  ];
}

/** Writes a pair that repeats once, with how often: a machine that retries makes long paths. */
function folded(names: readonly string[]): string[] {
  const result: string[] = [];
  for (let at = 0; at < names.length; ) {
    const pair = names.slice(at, at + 2);
    let times = 1;
    while (pair.length === 2 && pair.every((name, offset) => names[at + 2 * times + offset] === name))
      times += 1;
    if (times > 1) result.push(`(${pair.join(' → ')}) ×${times}`);
    else result.push(names[at] ?? '');
    at += times > 1 ? 2 * times : 1;
  }
  return result;
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

/** Counted from 1, two characters wide. */
const number = (index: number): string => String(index + 1).padStart(2);
