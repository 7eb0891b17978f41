import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleClient } from '../../src/authors/bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMON = { strict: true, noEmit: true, types: [], skipDefaultLibCheck: true };

/** A front end's author's program. The last line is a mistake that the types must find. */
const PROGRAM = `
import { Attempt, Refused, type AttemptOptions, type LiveMessage } from 'skill-observation-server/client';
const options: AttemptOptions = {
  onRefused: (event, refused) => console.log(event.event_type, refused.code),
  onChange: ({ pending, selection }) => console.log(pending, selection?.option_code),
};
async function work(token: string): Promise<number> {
  const attempt = await Attempt.redeem('https://observe.example.com', token, options);
  attempt.live((message: LiveMessage) => message.type === 'event_ack' && message.data.sequence_number);
  void attempt.optionViewed(attempt.task.options[0]!, 1200);
  const { sequence_number } = await attempt.complete();
  return sequence_number;
}
work('a token').catch((error: unknown) => error instanceof Refused);
// @ts-expect-error the duration is a number
export const mistaken = (attempt: Attempt) => attempt.optionViewed('A', 'long');
`;

describe('the package, installed by a front end’s author', async () => {
  const folder = await temporaryFolder();
  const packed = `${folder}/packed`;
  const installed = `${folder}/author/node_modules/skill-observation-server`;

  beforeAll(() => {
    compile(`${packed}/dist`);
    copyFileSync(`${ROOT}package.json`, `${packed}/package.json`);
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: packed });
    mkdirSync(installed, { recursive: true });
    execFileSync('sh', ['-c', `tar -xzf ${packed}/*.tgz --strip-components=1 -C ${installed}`]);
    writeFileSync(`${folder}/author/package.json`, '{"type": "module"}');
    writeFileSync(`${folder}/author/program.ts`, PROGRAM);
  });

  it.each([
    ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
    ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
  ])('has types under strict and moduleResolution %s', (_name, resolution) => {
    const options = {
      ...COMMON,
      ...resolution,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    };
    const program = ts.createProgram([`${folder}/author/program.ts`], options);
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
  });

  it('runs in Node', () => {
    const script =
      "import { Attempt } from 'skill-observation-server/client'; console.log(typeof Attempt.redeem)";
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: `${folder}/author`,
    });
    expect(String(output)).toBe('function\n');
  });
});

it('the module as one file has at most 6 KB, compressed', async () => {
  expect(gzipSync(await bundleClient()).length).toBeLessThanOrEqual(6 * 1024);
});

/** As the build does, but for this module only. */
function compile(outDir: string): void {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}src/client/tsconfig.json`,
    { outDir, emitDeclarationOnly: false, noCheck: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => {
        throw new Error(String(problem.messageText));
      },
    },
  );
  if (!config) throw new Error('src/client/tsconfig.json cannot be read.');
  const program = ts.createProgram(config.fileNames, config.options);
  expect(program.emit().diagnostics).toEqual([]);
}
