import type { ErrorCode } from "../errors/catalog.ts";
import type { FieldError } from "../errors/problem.ts";

/** The codes of docs/errors.md; `unexpected_answer` is an error that no Servery wrote, for example a proxy's page. */
export type ServeryErrorCode = ErrorCode | "unexpected_answer";

/** What an answer says of an error, after it was read. */
export interface ServeryErrorParts<Code extends string = ServeryErrorCode> {
  readonly code: Code;
  readonly status: number;
  readonly detail: string;
  /** One sentence for people. */
  readonly error: string;
  readonly errors: readonly FieldError[];
  /** Finds the request in the server's log. */
  readonly requestId: string | undefined;
}

/** An answer that is an error, as an exception. A request that got no answer throws what `fetch` throws. */
export class ServeryError<Code extends string = ServeryErrorCode> extends Error implements ServeryErrorParts<Code> {
  readonly code: Code;
  readonly status: number;
  readonly detail: string;
  readonly error: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | undefined;

  constructor(parts: ServeryErrorParts<Code>) {
    super(parts.detail);
    this.name = "ServeryError";
    this.code = parts.code;
    this.status = parts.status;
    this.detail = parts.detail;
    this.error = parts.error;
    this.errors = parts.errors;
    this.requestId = parts.requestId;
  }
}

/** Whether something that was thrown is a `ServeryError`; with a code, whether it is that one. */
export function isServeryError<const Code extends ServeryErrorCode = ServeryErrorCode>(
  thrown: unknown,
  code?: Code,
): thrown is ServeryError<Code> {
  // By name: a page may hold two copies of this class, one in each of its bundles.
  return thrown instanceof Error && thrown.name === "ServeryError" && (code === undefined || codeOf(thrown) === code);
}

function codeOf(error: Error): unknown {
  return "code" in error ? error.code : undefined;
}

/** The error that an answer holds. What is not a problem document (RFC 9457) was written by somebody else. */
export function errorOf(status: number, headers: Headers, body: unknown): ServeryError {
  const problem = isProblem(body) ? body : undefined;
  const detail = problem?.detail ?? `The answer has the status ${status} and is no problem document.`;
  return new ServeryError({
    code: problem?.code ?? "unexpected_answer",
    status,
    detail,
    error: problem?.error ?? detail,
    errors: problem?.errors ?? [],
    requestId: problem?.request_id ?? headers.get("x-request-id") ?? undefined,
  });
}

interface ProblemDocument {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly error?: string;
  readonly errors?: readonly FieldError[];
  readonly request_id?: string;
}

function isProblem(body: unknown): body is ProblemDocument {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}
