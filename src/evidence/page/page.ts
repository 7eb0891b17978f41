import { place, type Report } from '../verifier/report.ts';
import { verifyEvidence } from '../verifier/verify.ts';

/* The page at `/verify`: everything happens in it, and nothing is sent anywhere. */

const STATUS = { holds: '✓ holds', fails: '✗ fails', cannot: '– cannot be checked' };
const VERDICTS = {
  holds: 'Every check holds.',
  fails: 'This file is not a true and complete record.',
  incomplete: 'Nothing fails, but not everything can be checked.',
};

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

function element(tag: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show({ verdict, checks, attempt_id, task, event_count, skills, public_key }: Report): void {
  const parts = [element('h2', VERDICTS[verdict], verdict)];
  if (attempt_id) {
    parts.push(element('p', `Attempt ${attempt_id}, ${event_count} events. Task ${task}.`, 'facts'));
    parts.push(element('p', `Concluded: ${skills?.join('; ') || 'no skill'}.`, 'facts'));
  }
  const list = element('ol', '');
  for (const { status, title, findings } of checks) {
    const item = element('li', '');
    item.append(element('span', STATUS[status], `status ${status}`), element('span', title));
    const details = element('ul', '');
    for (const finding of findings) {
      details.append(element('li', [place(finding), finding.detail].filter(Boolean).join(': ')));
    }
    if (findings.length > 0) item.append(details);
    list.append(item);
  }
  parts.push(list);
  if (public_key) {
    parts.push(
      element('p', `Signed by ${public_key}. Compare it with the key that the server publishes.`, 'facts'),
    );
  }
  find('report').replaceChildren(...parts);
}

async function check(file: File | undefined): Promise<void> {
  if (!file) return;
  find('report').replaceChildren(element('p', 'Checking …'));
  const key = find<HTMLInputElement>('key').value.trim();
  show(await verifyEvidence(await file.text(), key || undefined));
}

const input = find<HTMLInputElement>('file');
const drop = find('drop');
input.addEventListener('change', () => void check(input.files?.[0]));
find('key').addEventListener('change', () => void check(input.files?.[0]));
for (const name of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
  });
}
document.addEventListener('drop', ({ dataTransfer }) => {
  if (!dataTransfer) return;
  input.files = dataTransfer.files;
  void check(dataTransfer.files[0]);
});
