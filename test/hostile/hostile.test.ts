import { casesI } from "./cases-i.ts";
import { casesJ } from "./cases-j.ts";
import { casesQ } from "./cases-q.ts";
import { casesQLimits } from "./cases-q-limits.ts";
import { casesT } from "./cases-t.ts";
import { casesU } from "./cases-u.ts";
import { runCases } from "./run-cases.ts";

runCases("J", casesJ);
runCases("T", casesT);
runCases("U", casesU);
runCases("I", casesI);
runCases("Q", [...casesQ, ...casesQLimits]);
