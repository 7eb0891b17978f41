interface Palette {
  paper: string;
  ink: string;
  soft: string;
  line: string;
  /** Fills of a state with states inside and of one without. */
  group: string;
  leaf: string;
  border: string;
  guard: string;
  action: string;
  active: string;
  'active-border': string;
}

const LIGHT: Palette = {
  paper: '#ffffff',
  ink: '#1c2430',
  soft: '#5b6675',
  line: '#66727f',
  group: '#f3f6fa',
  leaf: '#ffffff',
  border: '#aab5c2',
  guard: '#9a5200',
  action: '#1a6b45',
  active: '#ffe7a8',
  'active-border': '#c77700',
};

const DARK: Palette = {
  paper: '#0f141a',
  ink: '#e6ebf2',
  soft: '#9aa7b6',
  line: '#8a97a8',
  group: '#171e27',
  leaf: '#202a36',
  border: '#465566',
  guard: '#f0b067',
  action: '#79d3a4',
  active: '#5a4510',
  'active-border': '#ffb938',
};

const FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/** Selectors below the drawing's own class, and what they look like. */
const RULES: readonly [selector: string, style: string][] = [
  ['text', `font: 12px ${FONT}; fill: var(--ink); white-space: pre`],
  ['.title', 'font-size: 18px; font-weight: 700'],
  ['.legend', 'fill: var(--soft)'],
  ['.name', 'font-size: 14px; font-weight: 700'],
  ['.paper', 'fill: var(--paper)'],
  ['.box', 'fill: var(--leaf); stroke: var(--border); stroke-width: 1.5'],
  ['.compound > .box', 'fill: var(--group)'],
  ['.parallel > .box', 'fill: var(--group)'],
  ['.region > .box', 'stroke-dasharray: 6 4'],
  ['.inner', 'fill: none; stroke: var(--border)'],
  ['.sign', 'fill: none; stroke: var(--line); stroke-width: 1.5'],
  ['.sign-text', 'text-anchor: middle'],
  ['.line', 'fill: none; stroke: var(--line); stroke-width: 1.5'],
  ['.head', 'fill: var(--line)'],
  ['.initial circle', 'fill: var(--line)'],
  ['.plate', 'fill: var(--paper); stroke: var(--border); stroke-width: .75'],
  ['.event', 'font-weight: 600'],
  ['.guard', 'fill: var(--guard)'],
  ['.action', 'fill: var(--action)'],
  ['.keyword', 'fill: var(--soft); font-style: italic'],
  // A group keeps its quiet fill: the states inside it are what the eye should find.
  ['.is-active > .box', 'stroke: var(--active-border); stroke-width: 2.5'],
  ['.is-active:is(.atomic, .final, .history) > .box', 'fill: var(--active)'],
  ['.is-taken > .line', 'stroke: var(--active-border); stroke-width: 2.5'],
  ['.is-taken > .plate', 'fill: var(--active); stroke: var(--active-border)'],
];

/** The styles of one drawing. `scope` is its class; no rule reaches anything outside of it. */
export function stylesheet(scope: string): string {
  const variables = (palette: Palette): string =>
    Object.entries(palette)
      .map(([name, colour]) => `--${name}: ${colour}`)
      .join('; ');
  return [
    '',
    `.${scope} { max-width: 100%; height: auto; ${variables(LIGHT)} }`,
    `@media (prefers-color-scheme: dark) { .${scope} { ${variables(DARK)} } }`,
    ...RULES.map(([selector, style]) => `.${scope} ${selector} { ${withFallbacks(style)} }`),
    '',
  ].join('\n');
}

/**
 * Says each colour twice: programs that know no variables, such as librsvg, skip the second declaration and would
 * otherwise fill everything with black.
 */
const withFallbacks = (style: string): string =>
  style.replace(
    /([a-z]+): var\(--([a-z-]+)\)/g,
    (declaration, property: string, name: keyof Palette) => `${property}: ${LIGHT[name]}; ${declaration}`,
  );
