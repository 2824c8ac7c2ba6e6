import { AUDIT_TABLE } from "../../schema/audit-table.ts";
import { accountTokensTable } from "./account-tokens.ts";
import { accountTables, keysTable } from "./accounts.ts";
import { createAudit } from "./audit.ts";
import { createIdentities, createUsedStates, IDENTITIES, USED_STATES } from "./identities.ts";
import { recoveryCodesTable } from "./second-factor.ts";
import { createKeptAnswers, KEPT_ANSWERS } from "./kept-answers.ts";
import { createOutbox, OUTBOX } from "./outbox.ts";
import { apiKeyTables } from "./api-keys.ts";
import { passkeyTables } from "./passkeys.ts";

/** A table that Servery keeps for itself, and the statements that make it. */
export interface OwnTable {
  readonly name: string;
  readonly create: readonly string[];
}

/** Every table of Servery's own beside the keys and values of `OWN_TABLE`. A file of an earlier version may lack some. */
const ownTables: readonly OwnTable[] = [
  { name: KEPT_ANSWERS, create: createKeptAnswers },
  ...accountTables,
  accountTokensTable,
  recoveryCodesTable,
  keysTable,
  { name: OUTBOX, create: createOutbox },
  { name: IDENTITIES, create: createIdentities },
  { name: USED_STATES, create: createUsedStates },
  ...passkeyTables,
  ...apiKeyTables,
  { name: AUDIT_TABLE, create: createAudit },
];

/** The statements that make those that are not there. */
export function missingOwnTables(there: readonly string[]): string[] {
  return ownTables.filter(({ name }) => !there.includes(name)).flatMap(({ create }) => create);
}
