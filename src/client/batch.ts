import { everyName } from "./named.ts";
import { idSegment } from "./path.ts";
import { list, queryString, whereQuery } from "./query.ts";
import type { Connection } from "./resource.ts";
import type { CallOptions } from "./send.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer of a batch, as the server writes it. */
interface OperationAnswer {
  readonly location?: string;
  readonly etag?: string;
  readonly body?: unknown;
  /** Of a write that many rows were meant by. */
  readonly count?: number;
}

/** An operation of a batch that later ones may refer to. */
class Step {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }

  ref(column: string): { readonly ref: string } {
    return { ref: `${this.at}.${column}` };
  }
}

/** Records what a callback asks for, sends it as one transaction, and answers the rows of the steps it gave back. */
export function batch({ send, known }: Connection) {
  return async (
    record: (tables: object) => readonly Step[],
    options: CallOptions & { readonly idempotencyKey?: true | string } = {},
  ): Promise<unknown[]> => {
    const operations: Operation[] = [];
    const add = (operation: Operation): Step => new Step(operations.push(operation) - 1);
    const steps = record(everyName({}, (name) => table({ add, known }, `/api/${encodeURIComponent(name)}`)));
    const received = await send({ method: "POST", path: "/api/batch", body: operations, ...options });
    const answers = received.body as readonly OperationAnswer[];
    return steps.map(({ at }) => {
      const { location, etag, count, body = count } = answers[at] ?? {};
      const path = location ?? operations[at]?.path ?? "";
      return known.remember({ body, tag: etag ?? null }, withValues(path, answers));
    });
  };
}

/** `/api/posts/{0.id}` with the value that the id turned out to have. */
function withValues(path: string, answers: readonly OperationAnswer[]): string {
  return path.replace(/\{(\d+)\.([^}]*)\}/g, (_whole, at: string, column: string) => {
    const row = (answers[Number(at)]?.body ?? {}) as Readonly<Record<string, unknown>>;
    return idSegment(row[column]);
  });
}

interface Recorder extends Pick<Connection, "known"> {
  readonly add: (operation: Operation) => Step;
}

function table({ add, known }: Recorder, path: string) {
  const change = (method: string, target: unknown, body?: object): Step => {
    const reference = referenceIn(target);
    if (reference !== undefined) return add({ method, path: `${path}/${reference}`, ...(body && { body }) });
    const row = known.target(target, path);
    const headers = row.tag === undefined ? undefined : { "if-match": row.tag };
    return add({ method, path: row.path, ...(body && { body }), ...(headers && { headers }) });
  };
  return {
    create: (body: object) => add({ method: "POST", path, body }),
    update: (target: unknown, body: object) => change("PATCH", target, body),
    replace: (target: unknown, body: object) => change("PUT", target, body),
    delete: (target: unknown) => change("DELETE", target),
    upsert: (body: object, { onConflict }: { readonly onConflict: string | readonly string[] }) =>
      add({ method: "PUT", path: path + queryString({ on_conflict: list(onConflict) }), body }),
    updateWhere: (where: object, body: object) => add({ method: "PATCH", path: path + whereQuery(where), body }),
    deleteWhere: (where: object) => add({ method: "DELETE", path: path + whereQuery(where) }),
  };
}

/** An id that is made of columns of earlier steps: `{0.id}`. */
function referenceIn(id: unknown): string | undefined {
  const parts = (Array.isArray(id) ? id : [id]) as readonly unknown[];
  const references = parts.map((part) =>
    typeof part === "object" && part !== null && "ref" in part ? `{${String(part.ref)}}` : undefined,
  );
  return references.includes(undefined) ? undefined : references.join(",");
}
