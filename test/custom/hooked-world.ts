import { setTimeout } from "node:timers/promises";
import {
  type AfterEvent,
  type AnyDeclaration,
  type BeforeEvent,
  decimal,
  everyone,
  type Hooks,
  type HookValues,
  integer,
  nobody,
  post,
  type PrepareEvent,
  ref,
  refuse,
  servery,
  table,
  text,
} from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** What a hook was called with. */
export interface Call {
  readonly moment: "prepare" | "before" | "after";
  readonly action: string;
  readonly table: string;
  readonly values?: object;
  readonly row?: HookValues | undefined;
}

/** Something that a hook throws; none of it may reach a caller. */
export const SECRET = "the-password-is-swordfish";

/** A promise that never ends. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** A value of a row as text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

/** Tables whose hooks note each call, and do what a title says: `refuse before`, `throw prepare`, `never before`. */
export function hookedWorld(calls: Call[], more: Hooks = {}): AnyDeclaration {
  return servery({
    tables: {
      tasks: table({ title: text(50), slug: text(60).optional(), likes: integer({ min: 0 }).default(0) })
        .hooks(noting(calls))
        .hooks(more)
        .allow(OPEN),
      steps: table({ task_id: ref("tasks", { onDelete: "cascade" }), title: text(50) })
        .hooks(noting(calls))
        .allow(OPEN),
      tags: table({ title: text(50).unique(), hits: integer().default(0) }, { if_match: true })
        .hooks(noting(calls))
        .allow(OPEN),
      words: table({ title: text(50).unique(), hits: integer().default(0) })
        .hooks(noting(calls))
        .allow(OPEN),
      orders: table({ title: text(50), total: decimal(10, 2).sumOf("items", "amount") })
        .hooks(noting(calls))
        .allow(OPEN),
      items: table({ order_id: ref("orders"), title: text(50), amount: decimal(10, 2) })
        .hooks(noting(calls))
        .allow(OPEN),
      // What `before` hooks write: nobody else does.
      trail: table({ action: text(20), subject: text(60) }).allow({ read: everyone }),
      hidden: table({ word: text(20) }).allow({ read: nobody }),
      plain: table({ title: text(50).unique() }).allow(OPEN),
    },
    routes: [
      post("/api/run", { body: { title: text(50) } }, ({ body, tables }) => tables.tasks.create({ title: body.title })),
      post("/api/run-both", { body: { first: text(50), second: text(50) } }, ({ body, transaction }) =>
        transaction(async (tx) => {
          await tx.tables.tasks.create({ title: body.first });
          calls.push({ moment: "before", action: "between", table: "none" });
          await tx.tables.tasks.create({ title: body.second });
          return { done: true };
        }),
      ),
      post("/api/run-anyway", { body: { title: text(50) } }, ({ body, transaction }) =>
        transaction(async (tx) => {
          const failed = await tx.tables.tasks.create({ title: body.title }).then(
            () => "no",
            () => "yes",
          );
          await tx.tables.plain.create({ title: `after ${body.title}` });
          return { failed };
        }),
      ),
    ],
  });
}

function noting(calls: Call[]): Hooks {
  return {
    prepare: async ({ action, table: name, values }: PrepareEvent) => {
      calls.push({ moment: "prepare", action, table: name, values });
      await act("prepare", values["title"]);
      if (action === "create" && name === "tasks") return { slug: textOf(values["title"]).replaceAll(" ", "-") };
      return undefined;
    },
    before: async ({ action, table: name, values, row, system }: BeforeEvent) => {
      calls.push({ moment: "before", action, table: name, values, row });
      const subject = textOf(values["title"] ?? row?.["title"]);
      await system("notes what is done").tables["trail"].create({ action, subject });
      await act("before", values["title"]);
      if (values["title"] === undefined) await act("before", action === "delete" ? row?.["title"] : undefined);
    },
    after: async ({ action, table: name, row }: AfterEvent) => {
      calls.push({ moment: "after", action, table: name, row });
      await act("after", row["title"]);
    },
  };
}

async function act(moment: string, title: unknown): Promise<void> {
  await setTimeout(1);
  if (title === `refuse ${moment}`)
    throw refuse("conflict", `Refused in ${moment}.`, { errors: [{ pointer: "/title", message: "Not this one." }] });
  if (title === `throw ${moment}`) throw new Error(SECRET);
  // What no error is may be thrown all the same.
  if (title === `undefined ${moment}`) await Promise.reject(undefined as unknown as Error);
  if (title === `never ${moment}`) await never();
}
