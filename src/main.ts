import { explainNodeVersion } from './node-version.ts';

const problem = explainNodeVersion(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}
// Only now, because an older Node cannot even load everything else.
const { run } = await import('./run.ts');
run(process.argv[2]);
