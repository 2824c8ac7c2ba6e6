import type { AnyDeclaration } from "./application.ts";
import type { Insert, IsUnion, OptionsOf, Row, TableAt, TableName } from "./infer.ts";
import type { PathOf } from "./infer-query.ts";
import type { AccountsOptions } from "./table.ts";

type AccountsAt<App extends AnyDeclaration, Name extends TableName<App>> =
  OptionsOf<TableAt<App, Name>> extends { readonly "~accounts": infer Options extends AccountsOptions }
    ? Options
    : never;

/** The tables whose rows sign in. */
export type AccountsName<App extends AnyDeclaration> = {
  [Name in TableName<App>]: [AccountsAt<App, Name>] extends [never] ? never : Name;
}[TableName<App>];

/** Which of several tables is meant; one alone needs no word. */
type Meant<App extends AnyDeclaration, Name extends TableName<App>> =
  IsUnion<AccountsName<App>> extends true
    ? { readonly accounts: PathOf<App, Name> }
    : { readonly accounts?: PathOf<App, Name> };

/** A row of any of the tables whose rows sign in. */
export type AccountRow<App extends AnyDeclaration> = {
  [Name in AccountsName<App>]: Row<App, Name>;
}[AccountsName<App>];

/** What a sign-up sends: a new row, and its password. */
export type SignUp<App extends AnyDeclaration> = {
  [Name in AccountsName<App>]: Insert<App, Name> & Meant<App, Name> & { readonly password: string };
}[AccountsName<App>];

/** The row of whoever signed up; undefined where the address has to be verified by a mail first. */
export type SignedUp<App extends AnyDeclaration> = {
  [Name in AccountsName<App>]: AccountsAt<App, Name> extends { readonly verify: false }
    ? Row<App, Name>
    : Row<App, Name> | undefined;
}[AccountsName<App>];

/** Columns that a new row must have, and that hold a text. */
type RequiredText<App extends AnyDeclaration, Name extends TableName<App>> = {
  [C in keyof Insert<App, Name>]-?: Insert<App, Name>[C] extends string ? C : never;
}[keyof Insert<App, Name>];

/** The column that people sign in with; which one has the kind email is not in the types, so every text might be it. */
type Identifier<App extends AnyDeclaration, Name extends TableName<App>> =
  AccountsAt<App, Name> extends { readonly identifier: infer Column extends string }
    ? { readonly [C in Column]: string }
    : { [C in RequiredText<App, Name>]: { readonly [Same in C]: string } }[RequiredText<App, Name>];

/** What a sign-in sends. */
export type SignIn<App extends AnyDeclaration> = {
  [Name in AccountsName<App>]: Identifier<App, Name> &
    Meant<App, Name> & {
      readonly password: string;
      /** The second factor, where the account has one. */
      readonly code?: string;
    };
}[AccountsName<App>];
