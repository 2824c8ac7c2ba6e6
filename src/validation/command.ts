import type { Assignment, EarlierValue } from "../schema/assignment.ts";
import type { CallModel } from "../schema/call-model.ts";
import type { ConflictChoice } from "../schema/conflict-choices.ts";
import type { AccountsTable, ColumnModel, RelationModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { BeginAnonymousCommand, PromoteCommand } from "./parse-anonymous.ts";
import type { CreateKeyCommand } from "./parse-api-key.ts";
import type { PasskeySignInCommand, RegisterPasskeyCommand } from "./parse-passkey.ts";
import type { FirstRunCommand } from "./parse-first-run.ts";
import type { SqlCommand } from "./parse-sql.ts";
import type { AccountListCommand, EndSessionsCommand } from "./parse-account-list.ts";
import type { XRayListCommand, XRayOneCommand } from "./parse-x-ray.ts";
import type { ReadShape } from "./read-shape.ts";

/**
 * Only `validation/` makes commands: the brand is a symbol that nobody else can write, so a request
 * that was not checked cannot reach the service.
 */
declare const checked: unique symbol;
export interface Checked {
  readonly [checked]: true;
}

/** A read that was checked: the shape, and this request's values in the order of its slots. */
export interface ReadCommand extends Checked {
  readonly shape: ReadShape;
  readonly values: readonly (Stored | readonly Stored[])[];
  readonly offset: number;
  /** The sort keys of the first row of the page. */
  readonly after: readonly Stored[];
  /** What a cursor of this list is signed for. */
  readonly identity: string;
  /** For a nested list: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
}

/** Conditions of RFC 9110 §13 on a write. */
export interface Preconditions {
  /** Tags of If-Match; "*" for any row; undefined when the header is absent. */
  readonly match: readonly string[] | "*" | undefined;
  readonly noneMatch: readonly string[] | "*" | undefined;
}

/** The row of a path, or the rows that a filter selects. */
export type WriteTarget =
  | { readonly key: readonly (Stored | EarlierValue)[] }
  | { readonly selection: ReadCommand; readonly most: number };

interface WriteBase extends Checked {
  readonly table: TableModel;
  /** The table as the caller sees it. */
  readonly seen: TableModel;
  readonly preconditions: Preconditions;
  /** The columns that are read for the answer. */
  readonly answer: readonly ColumnModel[];
  /** The columns that the answer holds, where some are computed. */
  readonly shown: readonly ColumnModel[] | undefined;
}

/** A row to be made, with the rows that are to refer to it. */
export interface NewRow {
  readonly assignments: readonly Assignment[];
  readonly children: readonly NewChildren[];
  /** Where the row stands in the body: "" for the body itself. */
  readonly pointer: string;
}

export interface NewChildren {
  readonly relation: RelationModel;
  readonly table: TableModel;
  /** The table as the caller sees it. */
  readonly seen: TableModel;
  /** The children's column that refers to the new row. */
  readonly reference: ColumnModel;
  readonly rows: readonly NewRow[];
}

/** What a sign-up keeps beside the row it makes; the row and this are there together or not at all. */
export interface NewAccount {
  /** The password's hash; null where nobody can sign in by one. */
  readonly password: string | null;
  readonly roles: readonly string[];
  /** When the address was verified, as it is stored. */
  readonly verifiedAt: string | null;
  /** It is made only where nobody is an administrator when it is. */
  readonly first?: true;
}

export interface CreateCommand extends WriteBase {
  readonly action: "create";
  /** The row is made with an account. Never of a body's own: a service adds it. */
  readonly account?: NewAccount;
  readonly rows: readonly NewRow[];
  /** Whether the body was a list: then the answer is one too. */
  readonly list: boolean;
  /** For a nested create: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
}

/** Rows that are made, or replaced where one with the same values in `conflict` is there. */
export interface UpsertCommand extends WriteBase {
  readonly action: "upsert";
  readonly conflict: ConflictChoice;
  readonly rows: readonly NewRow[];
  readonly list: boolean;
}

/** What makes the anonymous account of a row a person's; the row and this change together or not at all. */
export interface PromotedAccount {
  /** The password's hash. */
  readonly password: string;
  /** The one session that stays, or "". */
  readonly keep: string;
}

export interface UpdateCommand extends WriteBase {
  readonly action: "update" | "replace";
  /** Never of a body's own: a service adds it. */
  readonly account?: PromotedAccount;
  readonly target: WriteTarget;
  readonly assignments: readonly Assignment[];
  /** Columns the server fills that were sent: they must equal what is stored. */
  readonly unchanged: readonly Assignment[];
}

export interface DeleteCommand extends WriteBase {
  readonly action: "delete";
  readonly target: WriteTarget;
  /** Rows that the delete may take with it; beyond that it is refused as a whole. */
  readonly cascadeLimit: number;
}

/** What writes rows of one table. */
export type WriteCommand = CreateCommand | UpsertCommand | UpdateCommand | DeleteCommand;

/** Several writes, all or none; a later one may use what an earlier one made. */
export interface BatchCommand extends Checked {
  readonly action: "batch";
  readonly operations: readonly WriteCommand[];
}

/** Rows that come as a stream, written all or none once the last one has come. */
export interface ImportCommand extends Checked {
  readonly action: "import";
  readonly table: TableModel;
  /** For rows below a parent: the row that must be there and be readable. */
  readonly parent: ReadCommand | undefined;
  /** The rows in groups, each row as one line of JSON; rejected where some are wrong, with the findings of all. */
  readonly rows: AsyncIterable<readonly string[]>;
  /** The command that writes some of those lines; `first` is the number of the first of them. */
  readonly create: (lines: readonly string[], first: number) => CreateCommand;
}

/** What the code of a route gets of its request. */
export interface CheckedInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A call of the application's own code. Its validator may wait: then the input is promised, or its refusal is. */
export interface CallCommand extends Checked {
  readonly call: CallModel;
  readonly input: CheckedInput | Promise<CheckedInput>;
}

/** How the tokens of a session travel: in the body, or in cookies that pages cannot read. */
export type SessionForm = "token" | "cookie";

/** A row with a password that is to be an account. */
export interface SignUpCommand extends Checked {
  readonly account: "sign_up";
  readonly table: AccountsTable;
  readonly create: CreateCommand;
  /** The value of the column that people sign in with. */
  readonly identifier: string;
  /** Where a mail about it goes: the identifier, or the row's address. */
  readonly address: string;
  readonly password: string;
  readonly form: SessionForm;
}

export interface SignInCommand extends Checked {
  readonly account: "sign_in";
  readonly table: AccountsTable;
  readonly identifier: string;
  readonly password: string;
  /** Of the second factor. */
  readonly code: string | undefined;
  readonly form: SessionForm;
}

/** The next tokens of a session; without a token in the body it is that of the cookie. */
export interface RefreshCommand extends Checked {
  readonly account: "refresh";
  readonly refreshToken: string | undefined;
}

export interface SignOutCommand extends Checked {
  readonly account: "sign_out";
  readonly everywhere: boolean;
  readonly refreshToken: string | undefined;
}

export interface ChangePasswordCommand extends Checked {
  readonly account: "change_password";
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** A mail that whoever says the name of an account may ask for. */
export interface AskMailCommand extends Checked {
  readonly account: "ask_mail";
  readonly table: AccountsTable;
  readonly identifier: string;
}

export interface VerifyCommand extends Checked {
  readonly account: "verify";
  readonly token: string;
}

export interface ResetCommand extends Checked {
  readonly account: "reset";
  readonly token: string;
  readonly password: string;
}

export interface ProposeFactorCommand extends Checked {
  readonly account: "propose_factor";
  readonly password: string;
}

export interface ConfirmFactorCommand extends Checked {
  readonly account: "confirm_factor";
  readonly code: string;
}

export interface SwitchOffFactorCommand extends Checked {
  readonly account: "switch_off_factor";
  readonly password: string;
  readonly code: string;
}

/** What an administrator changes of an account; undefined stays as it is. */
export interface ManageAccountCommand extends Checked {
  readonly account: "manage";
  readonly table: AccountsTable;
  /** The text of the row's key. */
  readonly key: string;
  readonly roles: readonly string[] | undefined;
  readonly disabled: boolean | undefined;
}

/** Whatever one does about accounts. */
export type AccountCommand =
  | SignUpCommand
  | SignInCommand
  | RefreshCommand
  | SignOutCommand
  | ChangePasswordCommand
  | AskMailCommand
  | VerifyCommand
  | ResetCommand
  | ProposeFactorCommand
  | ConfirmFactorCommand
  | SwitchOffFactorCommand
  | ManageAccountCommand
  | FirstRunCommand;

export type Command =
  | AccountCommand
  | ReadCommand
  | WriteCommand
  | BatchCommand
  | CallCommand
  | ImportCommand
  | RegisterPasskeyCommand
  | PasskeySignInCommand
  | CreateKeyCommand
  | BeginAnonymousCommand
  | PromoteCommand
  | AccountListCommand
  | EndSessionsCommand
  | XRayListCommand
  | XRayOneCommand
  | SqlCommand;
