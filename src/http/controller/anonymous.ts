import { type AccountsTable, accountsTables, type SchemaModel, wholeTable } from "../../schema/model.ts";
import { type AnonymousAccounts, notAnonymous } from "../../service/accounts/anonymous.ts";
import {
  type BeginAnonymousCommand,
  parseAnonymous,
  parsePromotion,
  type PromoteCommand,
} from "../../validation/parse-anonymous.ts";
import { accountAction } from "../account-action.ts";
import { accountsOf, clientOf, jsonAnswer, signedInAnswer } from "../account-answer.ts";
import { doorsOf, limitDoor, refuseForeignCookie, signedIn } from "../account-doors.ts";
import type { ControllerHop, Route, RoutedRequest } from "../route.ts";

const noTable = { method: "POST", table: undefined, relation: undefined } as const;

/** `POST /api/auth/anonymous`: a session of a new account without a name. */
const beginAnonymous = accountAction({
  name: "anonymous.begin",
  by: "anybody",
  parse: (request) => parseAnonymous(request.body, tablesOf(request)),
  control: async (hop: ControllerHop<BeginAnonymousCommand>) => {
    const { table, form } = hop.command;
    refuseForeignCookie(hop, form);
    limitDoor(hop, "anonymous");
    const accounts = accountsOf(hop);
    const begun = await anonymousOf(hop, table.name).begin(clientOf(hop, accounts), hop.request);
    return signedInAnswer(201, begun, { form, secure: accounts.secure });
  },
});

/** `POST /api/auth/promote`: a name and a password for the caller's anonymous account. */
const promote = accountAction({
  name: "anonymous.promote",
  by: "session",
  parse: (request, { bodies }) => {
    const { table: name } = signedIn(request);
    const table = tablesOf(request).find((candidate) => candidate.name === name);
    if (table === undefined) throw notAnonymous();
    return parsePromotion(request.body, table, bodies);
  },
  control: async (hop: ControllerHop<PromoteCommand>) => {
    limitDoor(hop, "anonymous");
    const account = signedIn(hop);
    await anonymousOf(hop, account.table).promote(account, hop.command, hop.request);
    return jsonAnswer(200, JSON.stringify({ status: "promoted" }));
  },
});

/** The accounts tables of a declaration that have anonymous accounts. */
export function anonymousTables(schema: SchemaModel): AccountsTable[] {
  return accountsTables(schema).filter(({ accounts }) => accounts.anonymous);
}

/** As they were declared: what a caller may read of them is decided elsewhere. */
function tablesOf({ principal }: RoutedRequest): AccountsTable[] {
  return anonymousTables(principal.access.schema).map((table) => wholeTable(table) as AccountsTable);
}

function anonymousOf(hop: ControllerHop, table: string): AnonymousAccounts {
  const anonymous = doorsOf(hop).anonymous.get(table);
  if (anonymous === undefined) throw new Error(`${table} has no anonymous accounts`);
  return anonymous;
}

/** The routes of an application in which some accounts may be anonymous. */
export const anonymousRoutes: readonly Route[] = [
  { ...noTable, pattern: "/api/auth/anonymous", action: beginAnonymous },
  { ...noTable, pattern: "/api/auth/promote", action: promote },
];
