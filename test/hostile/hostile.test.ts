import { caseGroups } from "./all-cases.ts";
import { runCases } from "./run-cases.ts";

for (const [group, cases] of Object.entries(caseGroups)) runCases(group, cases);
