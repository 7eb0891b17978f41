import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOf } from '../../src/http/trace-context.ts';
import { problemOf } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((each) => each.join(''))
    .filter((text) => !/^0+$/.test(text));
const OWN = /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('a trace', () => {
  it('is continued under an own id, with its flags', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.constantFrom('00', '01', 'ff'), (trace, parent, flags) => {
        const { trace_id, traceparent } = traceOf(`00-${trace}-${parent}-${flags}`);
        expect(trace_id).toBe(trace);
        expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-${flags}$`));
        expect(traceparent).not.toContain(`-${parent}-`);
      }),
    );
  });

  it.each([
    undefined,
    '',
    'x',
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}`,
  ])('begins where the header is %j', (header) => {
    expect(traceOf(header).traceparent).toMatch(OWN);
    expect(traceOf(header).trace_id).not.toBe(TRACE);
  });

  it('of a later version is continued, whatever else it says', () => {
    expect(traceOf(`cc-${TRACE}-${PARENT}-01-what-comes`).trace_id).toBe(TRACE);
  });

  it('is told by each answer and each problem', async () => {
    const { url } = await startTestServer();
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const answer = await fetch(`${url}/api/v1/nothing`, { headers });
    expect(answer.headers.get('traceparent')).toMatch(`00-${TRACE}-`);
    expect(await problemOf(answer)).toMatchObject({ code: 'not_found', trace_id: TRACE });
    expect((await fetch(`${url}/healthz`)).headers.get('traceparent')).toMatch(OWN);
  });
});
