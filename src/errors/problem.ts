import type { ErrorCode, FieldErrorCode } from "./catalog.ts";
import type { Explanation } from "./explanation.ts";

/** One finding about one field: where (JSON pointer, RFC 6901), which kind, and a sentence for people. */
export interface FieldError {
  readonly pointer: string;
  readonly code: FieldErrorCode;
  readonly message: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  /** Extra answer headers, for example `Allow` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The plain sentence simple clients read; without it the detail serves. */
  readonly error?: string;
  /** What really happened, for the log alone; it never reaches an answer. */
  readonly cause?: unknown;
  /** Which rule refused; it never reaches a body. */
  readonly explanation?: Explanation | undefined;
}

/**
 * The one way to leave the request line early. It carries no status: the catalogue has it, and
 * `http/answer-problem.ts` turns it into `application/problem+json`.
 */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  readonly explanation: Explanation | undefined;

  constructor(code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.detail = detail;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.error = options.error ?? detail;
    this.explanation = options.explanation;
  }
}
