import { type GraphState, type MachineGraph, statesOf } from './graph.ts';
import { TEXT_SIZE, textWidth } from './text.ts';

/** Everything a reader may meet, and whether this machine has it. */
const SIGNS: readonly { text: string; used: (states: readonly GraphState[]) => boolean }[] = [
  { text: 'event [guard] / action', used: () => true },
  {
    text: 'on: taken without leaving the state',
    used: (states) => states.some(({ stays }) => stays.length > 0),
  },
  {
    text: 'invoke: runs while the state is active',
    used: (states) => states.some(({ invocations }) => invocations.length > 0),
  },
  { text: 'dot: begins here', used: () => true },
  { text: 'dashed: active side by side', used: (states) => states.some(({ region }) => region) },
  { text: 'arrow from a border: whichever state is inside', used: (states) => states.some(hasChildren) },
  { text: 'H*: back to where it was', used: (states) => states.some(({ history }) => history === 'deep') },
  {
    text: 'H: back to where it was, one level',
    used: (states) => states.some(({ history }) => history === 'shallow'),
  },
  { text: 'double border: the end', used: (states) => states.some(({ type }) => type === 'final') },
];

/** Stands between two signs. */
const GAP = '  ·  ';

const hasChildren = ({ path, children }: GraphState): boolean => path !== '' && children.length > 0;

/** What the signs in a machine's picture mean, in lines of at most `width` pixels. */
export function legend({ root }: MachineGraph, width: number): string[] {
  const states = statesOf(root);
  const lines: string[] = [];
  for (const { text } of SIGNS.filter(({ used }) => used(states))) {
    const last = lines.at(-1);
    const longer = `${last}${GAP}${text}`;
    if (last !== undefined && textWidth(longer, TEXT_SIZE) <= width - 40) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}
