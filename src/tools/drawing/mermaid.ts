import { type GraphEdge, type GraphState, type MachineGraph, statesOf } from './graph.ts';
import { activityLines, lineText, wording } from './text.ts';

/**
 * The graph as a Mermaid state diagram, for places that show text as pictures. Mermaid knows neither history states
 * nor arrows from a group to a state inside it: the first become ordinary states named after what they do, the
 * second are written in a note at the group.
 */
export function mermaid({ id, root, edges }: MachineGraph): string {
  const inward = edges.filter(({ source, target }) => target.startsWith(`${source}.`));
  const drawn = edges.filter((edge) => !inward.includes(edge));
  return [
    '---',
    `title: ${id}`,
    '---',
    'stateDiagram-v2',
    ...inside(root, drawn),
    ...statesOf(root).flatMap((state) => noteAt(state, inward)),
    '',
  ].join('\n');
}

/**
 * The lines for what is in a state: its children, with the regions of a parallel state kept apart by `--`, and the
 * arrows that stay within it. Mermaid would move a state to wherever it is first mentioned.
 */
function inside(state: GraphState, edges: readonly GraphEdge[]): string[] {
  const start = state.initial === undefined ? [] : [`  [*] --> ${idOf(state.initial)}`];
  const children = state.children.map((child) => {
    const name = `  state "${shownName(child)}" as ${idOf(child.path)}`;
    const end = child.type === 'final' ? [`  ${idOf(child.path)} --> [*]`] : [];
    if (child.children.length === 0) return [name, ...end];
    return [`${name} {`, ...inside(child, edges).map((line) => `  ${line}`), '  }'];
  });
  const regions =
    state.type === 'parallel'
      ? children.flatMap((lines, n) => (n === 0 ? lines : ['  --', ...lines]))
      : children.flat();
  const arrows = edges.filter((edge) => commonParent(edge) === state.path).map(arrow);
  return [...start, ...regions, ...arrows];
}

function arrow({ source, target, transitions }: GraphEdge): string {
  return `  ${idOf(source)} --> ${idOf(target)} : ${transitions.map(wording).join('<br/>')}`;
}

function noteAt(state: GraphState, inward: readonly GraphEdge[]): string[] {
  const lines = [
    ...activityLines(state).map(lineText),
    ...state.stays.map((transition) => `on ${wording(transition)}`),
    ...inward
      .filter(({ source }) => source === state.path)
      .flatMap(({ target, transitions }) =>
        transitions.map((one) => `${wording(one)} → ${target.slice(state.path.length + 1)}`),
      ),
  ];
  if (lines.length === 0) return [];
  return [`  note right of ${idOf(state.path)}`, ...lines.map((line) => `    ${line}`), '  end note'];
}

/** The dotted path of the innermost state that holds both ends. */
function commonParent({ source, target }: GraphEdge): string {
  const [a, b] = [source.split('.').slice(0, -1), target.split('.').slice(0, -1)];
  const differs = a.findIndex((name, index) => name !== b[index]);
  return a.slice(0, differs === -1 ? a.length : differs).join('.');
}

function shownName({ name, history }: GraphState): string {
  if (history === undefined) return name;
  return `${name} (${history === 'deep' ? 'H*' : 'H'})`;
}

/** Mermaid takes no dots in names. */
export const idOf = (path: string): string => path.replaceAll(/\W/g, '_');
