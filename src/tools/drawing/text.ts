import type { GraphState, TransitionText } from './graph.ts';

/** A run of text in one style; the renderer knows the styles by these names. */
export interface Run {
  text: string;
  style: 'event' | 'guard' | 'action' | 'plain' | 'keyword';
}

/** One line of text. */
export type Line = readonly Run[];

/** Sizes in pixels at which the pictures are drawn. */
export const TITLE_SIZE = 14;
export const TEXT_SIZE = 12;
export const LINE_HEIGHT = 17;

/**
 * Advance of one character in ems. All text is set in a monospaced font, and none of those in use on common
 * systems is wider (DejaVu Sans Mono 0.602, Menlo 0.602, Liberation Mono and Courier 0.600, Consolas 0.550): so the
 * layout knows every width without asking a browser and gives the same picture everywhere.
 */
const ADVANCE = 0.605;

/** Width of a text in pixels, never less than what is drawn. */
export const textWidth = (text: string, size: number): number => Math.ceil(text.length * ADVANCE * size);

export const lineText = (line: Line): string => line.map(({ text }) => text).join('');

/** Width of the widest line in pixels, 0 without lines. */
export const linesWidth = (lines: readonly Line[]): number =>
  Math.max(0, ...lines.map((line) => textWidth(lineText(line), TEXT_SIZE)));

/**
 * A list of transitions, each `event [guard] / action, action` as in UML. Neighbours that differ only in their
 * event are written as `event, event [guard] / action`, one event a line: long lists stay narrow and say things once.
 */
export function transitionLines(transitions: readonly TransitionText[]): Line[] {
  const sameEffect = (a: TransitionText, b: TransitionText | undefined): boolean =>
    b !== undefined && lineText(effectOf(a)) === lineText(effectOf(b));
  return transitions.flatMap((transition, index): Line[] => {
    const event: Run = { text: transition.event, style: 'event' };
    if (sameEffect(transition, transitions[index + 1])) return [[event, { text: ',', style: 'plain' }]];
    const line = [event, ...effectOf(transition)];
    const alone = !sameEffect(transition, transitions[index - 1]);
    if (line.length === 1 || (alone && lineText(line).length <= LONGEST_LINE)) return [line];
    return [[event], [{ text: ' ', style: 'plain' }, ...effectOf(transition)]];
  });
}

/** Characters beyond which guard and actions go to a line of their own. */
const LONGEST_LINE = 30;

function effectOf({ guard, actions }: TransitionText): Line {
  const line: Run[] = [];
  if (guard !== undefined) line.push({ text: ` [${guard}]`, style: 'guard' });
  if (actions.length > 0) line.push({ text: ` / ${actions.join(', ')}`, style: 'action' });
  return line;
}

/** A transition in one line of plain text. */
export const wording = (transition: TransitionText): string =>
  `${transition.event}${lineText(effectOf(transition))}`;

/** What a state does while it is active, on entering it and on leaving it. */
export function activityLines({ entry, exit, invocations }: GraphState): Line[] {
  const worded = (keyword: string, names: readonly string[]): Line[] =>
    names.map((name) => [
      { text: keyword, style: 'keyword' },
      { text: ` ${name}`, style: 'plain' },
    ]);
  return [...worded('invoke', invocations), ...worded('entry /', entry), ...worded('exit /', exit)];
}

/** Everything that is written in a state's box below its name. */
export function stateLines(state: GraphState): Line[] {
  const stays = transitionLines(state.stays).map(
    (line, index): Line => [{ text: index === 0 ? 'on ' : '   ', style: 'keyword' }, ...line],
  );
  return [...activityLines(state), ...stays];
}
