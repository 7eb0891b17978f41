import { randomBytes } from 'node:crypto';

/** Where a request belongs in a trace over several services (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  trace_id: string;
  /** The header for whoever is answered or called: version, trace, this request's own id, flags. */
  traceparent: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/**
 * Continues the trace that a `traceparent` header names, or begins one if there is no well-formed header. As the standard
 * asks, version `ff` and ids of zeros only are not well-formed, and later versions may add fields.
 */
export function traceOf(header: string | undefined): TraceContext {
  const [, version, trace, parent, flags, more] = TRACEPARENT.exec(header ?? '') ?? [];
  const isValid =
    trace !== undefined &&
    parent !== undefined &&
    version !== 'ff' &&
    !ZEROS.test(trace) &&
    !ZEROS.test(parent) &&
    (version !== '00' || more === undefined);
  const trace_id = isValid ? trace : randomHex(16);
  return { trace_id, traceparent: `00-${trace_id}-${randomHex(8)}-${isValid ? flags : '00'}` };
}

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
