import type { StateValue } from 'xstate';

/** `computing.metrics`, and `active(decided + writing)` where several states are active side by side. */
export function stateLabel(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([name, below = {}]) => {
      const inner = Object.values(below);
      if (typeof below === 'string' || inner.length === 1) return `${name}.${stateLabel(below)}`;
      return `${name}(${inner.map((state = {}) => stateLabel(state)).join(' + ')})`;
    })
    .join(' + ');
}

/** The dotted paths of every active state, those around others first. */
export function activePaths(value: StateValue, above = ''): string[] {
  if (typeof value === 'string') return [above + value];
  return Object.entries(value).flatMap(([name, below = {}]) => [
    above + name,
    ...activePaths(below, `${above}${name}.`),
  ]);
}
