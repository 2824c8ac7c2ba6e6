import { casesJ } from "./cases-j.ts";
import { casesT } from "./cases-t.ts";
import { casesU } from "./cases-u.ts";
import { runCases } from "./run-cases.ts";

runCases("J", casesJ);
runCases("T", casesT);
runCases("U", casesU);
