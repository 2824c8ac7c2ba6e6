import { randomFillSync } from "node:crypto";

/** Where a request stands in a trace that may span several servers (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The request's own span: 16 hexadecimal digits. */
  readonly spanId: string;
  /** The caller's span; undefined where the trace begins here. */
  readonly parentId: string | undefined;
}

/** What a caller says of its trace. */
export interface IncomingTrace {
  readonly traceId: string;
  readonly parentId: string;
  /** Whether the caller keeps its part of the trace. */
  readonly sampled: boolean;
}

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** W3C Trace Context §3.2: lower-case digits. Later versions may add parts behind the flags; ff is none. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads a traceparent. One that is not well-formed is as good as none (§4.3): the trace begins here. */
export function parseTraceparent(text: string | undefined): IncomingTrace | undefined {
  const [, version, traceId = "", parentId = "", flags = "", more] = TRACEPARENT.exec(text ?? "") ?? [];
  if (version === undefined || ZEROS.test(traceId) || ZEROS.test(parentId)) return undefined;
  if (version === "00" && more !== undefined) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The span of a request, in its caller's trace or in one of its own. */
export function openTrace(incoming: IncomingTrace | undefined): TraceContext {
  const digits = randomFillSync(Buffer.allocUnsafe(TRACE_BYTES + SPAN_BYTES)).toString("hex");
  return {
    traceId: incoming?.traceId ?? digits.slice(0, TRACE_BYTES * 2),
    spanId: digits.slice(TRACE_BYTES * 2),
    parentId: incoming?.parentId,
  };
}

/** What the next server is told, so that its part of the trace hangs below this one. */
export function traceparentOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}
