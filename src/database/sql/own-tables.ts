import { randomBytes } from "node:crypto";
import { type StoredSchema, writeStoredSchema } from "../../schema/stored-schema.ts";
import { OWN_TABLE } from "../own-table.ts";
import { AUDIT_TABLE } from "../../schema/audit-table.ts";
import { accountTokensTable } from "./account-tokens.ts";
import { accountTables, keysTable } from "./accounts.ts";
import { createAudit } from "./audit.ts";
import { createIdentities, createUsedStates, IDENTITIES, USED_STATES } from "./identities.ts";
import { recoveryCodesTable } from "./second-factor.ts";
import type { OwnTableWords } from "./dialect.ts";
import { createKeptAnswers, KEPT_ANSWERS } from "./kept-answers.ts";
import { createOutbox, OUTBOX } from "./outbox.ts";
import type { OwnTable } from "./own-table-statements.ts";
import { apiKeyTables } from "./api-keys.ts";
import { passkeyTables } from "./passkeys.ts";

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
export function missingOwnTables(there: readonly string[], own: OwnTableWords): string[] {
  return ownTables.filter(({ name }) => !there.includes(name)).flatMap(({ create }) => create(own));
}

const SECRET_BYTES = 32;

/**
 * What Servery keeps for itself in a new database: which schema the tables have, whether their first rows are in, its
 * secret, and its own tables.
 */
export function createOwnTables(schema: StoredSchema, own: OwnTableWords): string[] {
  const rows = {
    schema: writeStoredSchema(schema),
    seeded: "false",
    secret: randomBytes(SECRET_BYTES).toString("base64url"),
  };
  return [
    `CREATE TABLE ${OWN_TABLE} (key ${own.name} PRIMARY KEY NOT NULL, value ${own.text} NOT NULL)${own.end}`,
    ...Object.entries(rows).map(
      ([key, value]) => `INSERT INTO ${OWN_TABLE} (key, value) VALUES ('${key}', '${value.replaceAll("'", "''")}')`,
    ),
    ...missingOwnTables([], own),
  ];
}
