import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { explainNodeVersion } from '../src/node-version.ts';

it.each(['12.22.0', '18.20.8', '20.18.9'])('Node %s is told to be too old, and what is needed', (version) => {
  expect(explainNodeVersion(version)).toMatch(
    `This is Node ${version}, but the server needs Node 20.19 or later`,
  );
});

it.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1'])('Node %s will do', (version) => {
  expect(explainNodeVersion(version)).toBeUndefined();
});

it('package.json asks for the same version', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(explainNodeVersion(`${engines.node.replace('>=', '')}.0`)).toBeUndefined();
  expect(explainNodeVersion('0.0.0')).toContain(engines.node.replace('>=', 'Node '));
});
