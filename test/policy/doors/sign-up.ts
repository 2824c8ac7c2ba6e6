import type { TestRequest } from "../../harness/open-engine.ts";
import { closedCell, data } from "../ask.ts";
import type { Cell } from "../cell.ts";
import type { Seen } from "../seen.ts";

const TABLE = "robots";
const FREE = "robot99@example.com";
const PASSWORD = "correct horse battery staple";

function signUp(row: object): TestRequest {
  return { method: "POST", url: "/api/auth/sign-up", json: { accounts: TABLE, password: PASSWORD, ...row } };
}

/** Signing up, as the declaration's rule for new rows says; a taken address is answered like a free one. */
export function signUpCells(seen: Seen): Cell[] {
  const { caller, verdicts } = seen;
  const closed = closedCell(seen, { table: TABLE, action: "sign_up" }, signUp({ nonsense_column: 1 }));
  if (closed !== undefined) return [closed];
  const [taken] = data[TABLE] ?? [];
  return ["x", "y"].flatMap((model) =>
    [FREE, String(taken?.["email"])].map((email): Cell => {
      const row = { model, email, serial: null };
      const request = signUp({ model, email });
      if (!verdicts.may(TABLE, "sign_up", row))
        return { caller, request, expected: { status: 403, code: "forbidden" } };
      const changed = email === FREE ? { [TABLE]: [(data[TABLE] ?? []).length + 1] } : {};
      return { caller, request, expected: { status: 202, json: { status: "check_your_mail" }, changed } };
    }),
  );
}
