import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { machines } from '../../machines/index.ts';
import { type Drawing, headingOf } from '../../src/tools/drawing/drawing.ts';
import { contains, overlap } from '../../src/tools/drawing/geometry.ts';
import { machineGraph, statesOf } from '../../src/tools/drawing/graph.ts';
import { layout } from '../../src/tools/drawing/layout.ts';
import { idOf, mermaid } from '../../src/tools/drawing/mermaid.ts';
import { difficulty, faults } from '../../src/tools/drawing/quality.ts';
import { svg } from '../../src/tools/drawing/svg.ts';
import { linesWidth } from '../../src/tools/drawing/text.ts';
import { toyMachine } from './toy-machine.ts';

const count = (text: string, part: string): number => text.split(part).length - 1;
const xml = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe.each([...machines.values(), toyMachine])('the drawing of $id', (machine) => {
  const graph = machineGraph(machine);
  const states = statesOf(graph.root).slice(1);
  const transitions = [
    ...statesOf(graph.root).flatMap(({ stays }) => stays),
    ...graph.edges.flatMap((edge) => edge.transitions),
  ];
  let drawing: Drawing;
  let picture: string;

  beforeAll(async () => {
    drawing = await layout(graph);
    picture = svg(drawing);
  });

  it('shows every state once', () => {
    for (const { path, name } of states) {
      expect(count(picture, `data-state="${path}"`), path).toBe(1);
      expect(picture).toContain(`>${name}</text>`);
    }
    expect(count(picture, 'data-state=')).toBe(states.length);
  });

  it('shows the event, guard and actions of every transition, and every invocation', () => {
    for (const { event, guard, actions } of transitions) {
      expect(picture).toContain(`<tspan class="event">${event}</tspan>`);
      if (guard !== undefined) expect(picture).toContain(`[${guard}]`);
      for (const action of actions) expect(picture).toContain(action);
    }
    for (const { invocations } of states) for (const name of invocations) expect(picture).toContain(name);
  });

  it('has no label on another, none struck through by an arrow, no text under an arrow', () => {
    expect(faults(drawing)).toEqual([]);
  });

  it('keeps everything inside: the drawing, the parent state, the box', () => {
    const paper = { x: 0, y: 0, width: drawing.width, height: drawing.height };
    for (const { label } of drawing.edges) {
      expect(contains(paper, label)).toBe(true);
      expect(linesWidth(label.lines)).toBeLessThanOrEqual(label.width);
    }
    for (const placed of drawing.states) {
      const parent = drawing.states.find(({ state }) => state.children.includes(placed.state)) ?? paper;
      expect(contains(parent, placed), placed.state.path).toBe(true);
      expect(contains(placed, headingOf(placed)), placed.state.path).toBe(true);
      const siblings = drawing.states.filter(
        (other) => other !== placed && !contains(other, placed) && !contains(placed, other),
      );
      expect(siblings.filter((other) => overlap(other, placed))).toEqual([]);
    }
  });

  it('draws arrows from the border of their source to the border of their target', () => {
    const box = (path: string) => drawing.states.find(({ state }) => state.path === path);
    for (const { edge, points } of drawing.edges) {
      const touches = (path: string, point = points[0]): boolean => {
        const place = box(path);
        return (
          !!place &&
          !!point &&
          contains(
            { x: place.x - 1, y: place.y - 1, width: place.width + 2, height: place.height + 2 },
            { ...point, width: 0, height: 0 },
          )
        );
      };
      expect(touches(edge.source), edge.id).toBe(true);
      expect(touches(edge.target, points.at(-1)), edge.id).toBe(true);
    }
  });

  it('is narrow enough to be read at 1200 pixels', () => {
    expect(drawing.width).toBeLessThanOrEqual(1200);
  });

  it('stands on its own and is well formed', () => {
    expect(picture).not.toMatch(/<script|href=|@import|@font-face|url\((?!#)/);
    expect(count(picture, '<g ')).toBe(count(picture, '</g>'));
    expect(picture).toContain(`data-machine="${xml(machine.id)}"`);
    expect(picture).not.toContain('undefined');
    expect(picture).not.toContain('NaN');
  });

  it('gives the same bytes again', async () => {
    expect(svg(await layout(machineGraph(machine)))).toBe(picture);
  });

  it('has every state and event in the Mermaid text', () => {
    const text = mermaid(graph);
    for (const { path } of states) expect(count(text, `as ${idOf(path)}`)).toBeGreaterThan(0);
    for (const { event } of transitions) expect(text).toContain(event);
  });
});

describe('the check of a drawing', () => {
  it('sees a label that was moved onto another, and an arrow through it', async () => {
    const drawing = await layout(machineGraph(toyMachine));
    const [first, second, ...rest] = drawing.edges;
    if (!first || !second) throw new Error('The toy machine has lost its arrows');
    const moved = { ...second, label: { ...second.label, x: first.label.x, y: first.label.y } };
    const spoilt = { ...drawing, edges: [first, moved, ...rest] };
    expect(faults(spoilt)).toContainEqual(expect.stringContaining('covers'));
    expect(faults(spoilt)).toContainEqual(expect.stringContaining('runs through'));
    expect(difficulty(spoilt)).toBeGreaterThan(difficulty(drawing) + 1000);
  });
});

it('programs that know no variables, such as librsvg, find each colour', () => {
  const styles = readFileSync(new URL('../../machines/attempt-v1.svg', import.meta.url), 'utf8');
  const variables = [...styles.matchAll(/([a-z]+): var\(--/g)];
  expect(variables.length).toBeGreaterThan(10);
  for (const { 1: property, index } of variables) {
    expect(styles.slice(0, index)).toMatch(new RegExp(`${property}: #[0-9a-f]{6}; $`));
  }
});
