import type { TestRequest } from "../../harness/open-engine.ts";
import { alikeCell, closedCell, seenByAll, unknownFor } from "../ask.ts";
import { callers } from "../callers.ts";
import type { Cell, Door } from "../cell.ts";
import { closedStatus, type Seen } from "../seen.ts";
import { writable } from "../shape.ts";
import type { Action, Who } from "../verdicts.ts";
import { documentCell } from "./document.ts";
import { signUpCells } from "./sign-up.ts";

/** Only these have something to find a row by. */
const WITH_UNIQUE = ["users", "robots", "posts", "badges"];
/** What no table takes: whoever is told of it has got past the rule of the table. */
const NONSENSE = { nonsense_column: 1 };

/** What only whoever runs the application reads. */
const OPERATORS_PATHS = [
  "/api/server/schema",
  "/api/server/settings",
  "/api/server/mails",
  "/api/server/migration",
  "/api/auth/accounts",
  "/api/auth/accounts?role=admin",
];

const ACTIONS: readonly Action[] = ["read", "create", "update", "delete"];

/** Requests that are wrong beside being refused, by what they would do. */
function wrongRequests(table: string): readonly (readonly [Action, TestRequest])[] {
  const url = `/api/${table}`;
  const lines = { "content-type": "application/x-ndjson" };
  return [
    ["read", { url: `${url}?nonsense_column=1` }],
    ["read", { url: `${url}/1?nonsense=1` }],
    ["create", { method: "POST", url, json: NONSENSE }],
    ["create", { method: "POST", url, headers: lines, body: JSON.stringify(NONSENSE) }],
    ["update", { method: "PATCH", url: `${url}/1`, json: NONSENSE }],
    ["update", { method: "PATCH", url: `${url}?nonsense_column=1`, json: NONSENSE }],
    ["delete", { method: "DELETE", url: `${url}/1?nonsense=1` }],
  ];
}

function inBatch({ method, url, json }: TestRequest): TestRequest {
  return {
    method: "POST",
    url: "/api/batch",
    json: [{ method, path: url, ...(json === undefined ? {} : { body: json }) }],
  };
}

function closedCells(seen: Seen, table: string): Cell[] {
  const cells = wrongRequests(table).flatMap(([action, request]): (Cell | undefined)[] => {
    const isOperation = action !== "read" && request.body === undefined && !request.url.includes("?");
    const requests = isOperation ? [request, inBatch(request)] : [request];
    return requests.map((each) => closedCell(seen, { table, action }, each));
  });
  return [...cells, upsertCell(seen, table)].filter((cell) => cell !== undefined);
}

/** An upsert may make or change: it is closed where both are, and told of the one that signing in could open. */
function upsertCell(seen: Seen, table: string): Cell | undefined {
  if (!WITH_UNIQUE.includes(table)) return undefined;
  const [create, update] = [closedStatus(seen, table, "create"), closedStatus(seen, table, "update")];
  if (create === undefined || update === undefined) return undefined;
  const request = { method: "PUT", url: `/api/${table}?on_conflict=nonsense`, json: NONSENSE };
  const action = create === 401 ? "create" : "update";
  return closedCell(seen, { table, action }, request);
}

/** A key for a table that is closed to its account altogether: that there is such a table, nobody is told. */
function keyCells(seen: Seen): Cell[] {
  const who: Who = callers[seen.caller];
  if (who.id === undefined || who.scopes !== undefined || who.by !== undefined) return [];
  return writable
    .filter((table) => ACTIONS.every((action) => closedStatus(seen, table, action) !== undefined))
    .map((hidden) =>
      alikeCell(
        seen,
        (name) => ({ method: "POST", url: "/api/auth/keys", json: { label: "some", scopes: [`${name}:read`] } }),
        { hidden, unknown: unknownFor(hidden), status: 400 },
      ),
    );
}

/** What others asked is for administrators, and for none of their keys; here nobody follows it. */
function xRayCells({ caller }: Seen): Cell[] {
  const { roles }: Who = callers[caller];
  const [status, code] = roles.includes("admin")
    ? [404, "not_found"]
    : caller === "anonymous"
      ? [401, "sign_in_required"]
      : [403, "forbidden"];
  return ["/api/x-ray", "/api/x-ray/some"].map((url) => ({
    caller,
    request: { url },
    expected: { status: Number(status), code: String(code) },
  }));
}

/** What the application is made of, and its rows past every policy, are for administrators, and for none of their keys. */
function operatorCells({ caller }: Seen): Cell[] {
  const { roles }: Who = callers[caller];
  if (roles.includes("admin")) return [];
  const [status, code] = caller === "anonymous" ? [401, "sign_in_required"] : [403, "forbidden"];
  const requests: readonly TestRequest[] = [
    ...OPERATORS_PATHS.map((url) => ({ url })),
    { url: "/api/server/schema?nonsense=1" },
    { method: "DELETE", url: "/api/auth/accounts/2/sessions" },
    { method: "PATCH", url: "/api/auth/accounts/2", json: { roles: ["admin"] } },
    ...[{ sql: "SELECT 1" }, { sql: "DELETE FROM users", write: { rows: 1 } }, NONSENSE].map((json) => ({
      method: "POST",
      url: "/api/server/sql",
      json,
    })),
  ];
  return requests.map((request) => ({ caller, request, expected: { status: Number(status), code: String(code) } }));
}

/** A stand-in for somebody has no way to accounts, keys and the server: they are answered to oneself. */
function standInCells({ caller }: Seen): Cell[] {
  const requests: readonly TestRequest[] = [
    ...OPERATORS_PATHS.map((url) => ({ url })),
    ...["me", "sessions", "keys"].map((name) => ({ url: `/api/auth/${name}` })),
    { url: "/openapi.json" },
    { method: "POST", url: "/api/server/sql", json: { sql: "SELECT 1" } },
    { method: "POST", url: "/api/auth/keys", json: { label: "some", scopes: ["*:write"] } },
    { method: "POST", url: "/api/auth/change-password", json: NONSENSE },
    { method: "DELETE", url: "/api/auth/accounts/2/sessions" },
    { method: "PATCH", url: "/api/auth/accounts/2", json: { roles: ["admin"] } },
  ];
  return requests.map((request) => ({ caller, request, expected: { status: 400, code: "cannot_act_as" } }));
}

/** Asking as somebody else is for administrators who have signed in: others are told so, whomever they name. */
function impersonationCells({ caller }: Seen): Cell[] {
  const { roles }: Who = callers[caller];
  if (roles.includes("admin")) return [];
  const [status, code] = caller === "anonymous" ? [401, "sign_in_required"] : [403, "forbidden"];
  return ["users/6", "users/1", "users/987654", "nonsense"].map((name) => ({
    caller,
    request: { url: "/api/posts", headers: { "x-servery-as": name } },
    expected: { status: Number(status), code: String(code) },
  }));
}

/** What is asked beside the tables. */
function beside(seen: Seen): Cell[] {
  const { by }: Who = callers[seen.caller];
  if (by !== undefined) return standInCells(seen);
  return [
    documentCell(seen),
    ...signUpCells(seen),
    ...xRayCells(seen),
    ...operatorCells(seen),
    ...impersonationCells(seen),
  ];
}

/** What is closed is refused before anything else is looked at. */
export const closed: Door = {
  name: "closed tables",
  always: () => seenByAll.flatMap(beside),
  cells: () =>
    seenByAll.flatMap((seen) => [...writable.flatMap((table) => closedCells(seen, table)), ...keyCells(seen)]),
};
