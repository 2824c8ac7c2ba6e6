import { guardedGroups } from "./all-cases.ts";
import { guardedWorld } from "./guarded-declaration.ts";
import { runCases } from "./run-cases.ts";

for (const [group, cases] of Object.entries(guardedGroups)) runCases(`${group}, with owners`, cases, guardedWorld);
