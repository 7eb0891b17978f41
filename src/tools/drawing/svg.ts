import { DOT, type Drawing, HISTORY_SIGN, PADDING, type PlacedState } from './drawing.ts';
import type { Box, Point } from './geometry.ts';
import { legend } from './legend.ts';
import { stylesheet } from './stylesheet.ts';
import { LINE_HEIGHT, type Line, TEXT_SIZE, textWidth } from './text.ts';

/** Height in pixels of what stands above the drawing: its title and the lines of its legend. */
const titleHeight = (lines: readonly string[]): number => 38 + lines.length * 16;

/**
 * The drawing as an SVG that stands on its own: no scripts, no fonts, nothing from elsewhere; light or dark as the
 * reader prefers. Every state is a group with its dotted path in `data-state`; adding the class `is-active` to the
 * group highlights it. Arrows and labels carry `data-source`, `data-target` and, on labels, `data-events`; they
 * take the class `is-taken`. All styles are scoped, so several drawings can be put into one page.
 */
export function svg(drawing: Drawing): string {
  const { graph, states, edges, initials } = drawing;
  const scope = `drawing-${graph.id.replaceAll(/[^\w-]/g, '-')}`;
  const explained = legend(graph, drawing.width);
  const top = titleHeight(explained);
  const widest = Math.max(drawing.width, ...explained.map((line) => textWidth(line, TEXT_SIZE) + 40));
  const size = { width: n(widest), height: n(drawing.height + top) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" class="${scope}" data-machine="${xml(graph.id)}" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img">`,
    `<title>State machine ${xml(graph.id)}</title>`,
    `<style>${stylesheet(scope)}</style>`,
    `<defs><marker id="${scope}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 1L10 5L0 9z"/></marker></defs>`,
    `<rect class="paper" width="${size.width}" height="${size.height}"/>`,
    `<text class="title" x="20" y="32">${xml(graph.id)}</text>`,
    ...explained.map(
      (line, index) => `<text class="legend" x="20" y="${52 + index * 16}">${xml(line)}</text>`,
    ),
    `<g transform="translate(0 ${top})">`,
    ...states.map(stateGroup),
    ...initials.map(
      ({ state, x, y, points }) =>
        `<g class="initial" data-initial-of="${xml(state)}"><circle cx="${n(x)}" cy="${n(y)}" r="${DOT}"/>${arrow(points, scope)}</g>`,
    ),
    ...edges.map(({ edge, points }) => `<g class="edge" ${ends(edge)}>${arrow(points, scope)}</g>`),
    // After all arrows, so that no label is struck through by one.
    ...edges.map(
      ({ edge, label }) =>
        `<g class="label" ${ends(edge)} data-events="${xml(edge.transitions.map(({ event }) => event).join(','))}">${rect('plate', label, 4)}${textLines(label.lines, label.x + 6, label.y + 14)}</g>`,
    ),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function stateGroup(placed: PlacedState): string {
  const { state, lines, x, y, height } = placed;
  const history = state.type === 'history';
  const radius = history ? height / 2 : 8;
  return [
    `<g class="state ${state.type}${state.region ? ' region' : ''}" data-state="${xml(state.path)}">`,
    rect('box', placed, radius),
    state.type === 'final' ? rect('inner', inset(placed, 3.5), radius - 3) : '',
    history ? historySign(placed) : '',
    `<text class="name" x="${n(x + PADDING + (history ? HISTORY_SIGN : 0))}" y="${n(y + 21)}">${xml(state.name)}</text>`,
    textLines(lines, x + PADDING, y + 40),
    '</g>',
  ].join('');
}

function historySign({ state, x, y, height }: PlacedState): string {
  const sign = state.history === 'deep' ? 'H*' : 'H';
  const middle = y + height / 2;
  return `<circle class="sign" cx="${n(x + 20)}" cy="${n(middle)}" r="11"/><text class="sign-text" x="${n(x + 20)}" y="${n(middle + 4)}">${sign}</text>`;
}

const ends = ({ source, target }: { source: string; target: string }): string =>
  `data-source="${xml(source)}" data-target="${xml(target)}"`;

const arrow = (points: readonly Point[], scope: string): string =>
  `<path class="line" d="M${points.map(({ x, y }) => `${n(x)} ${n(y)}`).join('L')}" marker-end="url(#${scope}-head)"/>`;

const textLines = (lines: readonly Line[], x: number, y: number): string =>
  lines
    .map((line, index) => {
      const runs = line.map(({ text, style }) => `<tspan class="${style}">${xml(text)}</tspan>`);
      return `<text x="${n(x)}" y="${n(y + index * LINE_HEIGHT)}">${runs.join('')}</text>`;
    })
    .join('');

const rect = (name: string, { x, y, width, height }: Box, radius: number): string =>
  `<rect class="${name}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(radius)}"/>`;

const inset = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

/** A number of pixels in tenths, free of the noise of floating point. */
const n = (value: number): string => String(Math.round(value * 10) / 10);

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
