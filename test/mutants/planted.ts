import type { Fault } from "./mutant-lab.ts";

const EVERY_ROW = '({ is: "constant", value: true })';
const READ_PLAN = "service/read-plan.js";
const READS = "repository/read-repository.js";
const OWN_ROWS = "where: allOf(visibleRows(shape.table, access), restrict(shape.where, access)),";
const unlessRead = (what: string): string =>
  `where: ${what} ? restrict(shape.where, access) : allOf(visibleRows(shape.table, access), restrict(shape.where, access)),`;
/** The rows that a new value may refer to. */
const READABLE = "writer.of({ name: references.table }).readable";
const WHOLE = "(table.whole ?? table)";

/** Faults that somebody could make by mistake, each with the doors that must show it. */
export const plantedFaults: readonly Fault[] = [
  {
    name: "the policy left off an include",
    file: READ_PLAN,
    find: "where: visibleRows(shape.table, access),",
    replace: `where: ${EVERY_ROW},`,
    doors: ["include"],
  },
  {
    name: "the policy left off the pages behind a cursor",
    file: READ_PLAN,
    find: OWN_ROWS,
    replace: unlessRead("shape.after !== undefined"),
    doors: ["cursor"],
  },
  {
    name: "the policy left off an aggregate",
    file: READ_PLAN,
    find: OWN_ROWS,
    replace: unlessRead("shape.aggregate !== undefined"),
    doors: ["aggregate"],
  },
  {
    name: "the policy left off a search",
    file: READ_PLAN,
    find: OWN_ROWS,
    replace: unlessRead("shape.search !== undefined"),
    doors: ["search"],
  },
  {
    name: "the policy left off the row of a nested route",
    file: "service/record-reads.js",
    find: "if (!exists)",
    replace: "if (false)",
    doors: ["nested"],
  },
  {
    name: "the policy left off the relation of a filter",
    file: READ_PLAN,
    find: "of: restrict(node.of, access), visible: visibleRows(node.table, access)",
    replace: `of: restrict(node.of, access), visible: ${EVERY_ROW}`,
    doors: ["filter through relations", "filter tree"],
  },
  {
    name: "the policy left off the relation of a sort",
    file: READ_PLAN,
    find: "path: visiblePath(key.path, access)",
    replace: "path: key.path",
    doors: ["sort through relations"],
  },
  {
    name: "the policy left off the relation of a group",
    file: READ_PLAN,
    find: "path: visiblePath(group.path, access)",
    replace: "path: group.path",
    doors: ["aggregate"],
  },
  {
    name: "the policy left off a count",
    file: READS,
    find: "return { read, table, where, search, estimate:",
    replace: "return { read, table, where: shape.where, search, estimate:",
    doors: ["list"],
  },
  {
    name: "the policy left off an export",
    file: READS,
    find: "return { ...rows, read, search, limit: shape.limit",
    replace: 'return { ...rows, where: read === "lines" ? shape.where : where, read, search, limit: shape.limit',
    doors: ["csv", "ndjson"],
  },
  {
    name: "a batch refers to a row that it made and may not read",
    file: "repository/effect-steps.js",
    find: READABLE,
    replace: `isStepResult(bound) ? ${EVERY_ROW} : ${READABLE}`,
    doors: ["batch"],
  },
  {
    name: "a reference to a hidden row accepted",
    file: "repository/effect-steps.js",
    find: READABLE,
    replace: EVERY_ROW,
    doors: ["create"],
  },
  {
    name: "a new row not held to the rule of its table",
    file: "service/plan-write.js",
    find: "leftToAsk(signsUp ? signUp : actions.create, assignments, values)",
    replace: EVERY_ROW,
    doors: ["create"],
  },
  {
    name: "a new row not held to the parts of a rule of its table",
    file: "service/new-row-policy.js",
    find: "return allOf(...node.of.map((part) => leftToAsk(part, assignments, values)));",
    replace: `return ${EVERY_ROW};`,
    doors: ["create"],
  },
  {
    name: "a changed row not held to the rule of its table",
    file: "service/plan-write.js",
    find: "mayTurn(actions.update, table, changed)",
    replace: "false",
    doors: ["update", "replace"],
  },
  {
    name: "a change of many rows without the rule for changing",
    file: "service/write-planner.js",
    find: 'if (allowed.is === "constant")',
    replace: "if (true)",
    doors: ["bulk"],
  },
  {
    name: "a private column in fields",
    file: "validation/parse-fields.js",
    find: "table.column.get(name)",
    replace: `${WHOLE}.column.get(name)`,
    doors: ["list"],
  },
  {
    name: "a private column in a filter",
    file: "validation/parse-filter.js",
    find: "const column = table.column.get(name);",
    replace: `const column = ${WHOLE}.column.get(name);`,
    doors: ["filter through relations"],
  },
  {
    name: "a private column in a filter tree",
    file: "validation/parse-filter-tree.js",
    find: "const column = table.column.get(key);",
    replace: `const column = ${WHOLE}.column.get(key);`,
    doors: ["filter tree"],
  },
  {
    name: "the field rule left off the ETag",
    file: "database/sql/compile-read.js",
    find: "rowJson({ columns: query.table.columns, includes: [] }, compiler, alias)",
    replace: "rowJson({ columns: (query.table.whole ?? query.table).columns, includes: [] }, compiler, alias)",
    doors: ["conditional requests"],
  },
  {
    name: "a savepoint not rolled back",
    file: "database/sqlite/execute-group.js",
    find: '"ROLLBACK TO member"',
    replace: '"SELECT 1"',
    doors: ["transactions"],
  },
  {
    name: "an ETag from a clock",
    file: "schema/entity-tag.js",
    find: 'hash("sha256", representation, "base64url")',
    replace: 'hash("sha256", representation + process.hrtime.bigint(), "base64url")',
    doors: ["conditional requests"],
  },
  {
    name: "a kept answer given again as it was",
    file: "service/record-writes.js",
    find: "await stillReadable(commands, answer, { principal, read })",
    replace: "answer",
    doors: ["idempotent replay"],
  },
  {
    name: "a kept answer given again with columns that are hidden now",
    file: "service/read-again.js",
    find: "const hidden = column.visible !== undefined && (now[name] ?? null) === null;",
    replace: "const hidden = false;",
    doors: ["idempotent replay"],
  },
  {
    name: "a private column in a sort",
    file: "validation/parse-sort.js",
    find: "columnIn(current, column)",
    replace: "columnIn(current.whole ?? current, column)",
    doors: ["sort through relations"],
  },
  {
    name: "a private column in a group",
    file: "validation/parse-aggregate.js",
    find: "columnIn(current, last)",
    replace: "columnIn(current.whole ?? current, last)",
    doors: ["aggregate"],
  },
  {
    name: "an upsert that empties columns which its caller may not write",
    file: "service/plan-write.js",
    find: 'if (role !== "plain" || body.column.get(name) !== column)',
    replace: 'if (role !== "plain")',
    doors: ["upsert", "replace"],
  },
  {
    name: "a batch that tells where a row is which its caller may not read",
    file: "http/controller/batch.js",
    find: "if (row.json === UNREADABLE)",
    replace: "if (false)",
    doors: ["batch"],
  },
];
