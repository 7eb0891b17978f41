import { place, type Report } from './report.ts';
import { verifyEvidence } from './verify.ts';

export { verifyEvidence } from './verify.ts';

const MARKS = { holds: '✓', fails: '✗', cannot: '–' };
const VERDICTS = {
  holds: 'Every check holds.',
  fails: 'This file is not a true and complete record.',
  incomplete: 'Nothing fails, but not everything can be checked.',
};
const USAGE = 'Usage: npm run evidence -- verify FILE [--key PUBLIC_KEY]';

/** The report for a terminal. */
export function writeReport({ verdict, checks, attempt_id, task, event_count, public_key }: Report): string {
  const lines =
    attempt_id === undefined ? [] : [`Attempt ${attempt_id}, ${event_count} events`, `Task ${task}`, ''];
  for (const { status, title, findings } of checks) {
    lines.push(`${MARKS[status]} ${title}`);
    for (const finding of findings)
      lines.push(`    ${[place(finding), finding.detail].filter(Boolean).join(': ')}`);
  }
  lines.push('', VERDICTS[verdict]);
  if (public_key !== undefined)
    lines.push(`Signed by ${public_key}: compare it with the key that the server publishes.`);
  return `${lines.join('\n')}\n`;
}

/** @returns the exit code: 0 only if every check holds */
async function run([command, file, option, key]: string[]): Promise<number> {
  if (command !== 'verify' || file === undefined || (option !== undefined && (option !== '--key' || !key))) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) {
    process.stderr.write(`${file} cannot be read: ${text.message}\n`);
    return 2;
  }
  const report = await verifyEvidence(text, key);
  process.stdout.write(writeReport(report));
  return report.verdict === 'holds' ? 0 : 1;
}

process.exitCode = await run(process.argv.slice(2));
