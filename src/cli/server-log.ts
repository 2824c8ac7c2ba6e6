import { BrokenValue } from "../database/adopted-database.ts";
import { ProviderFault } from "../errors/provider-fault.ts";
import type { Settings } from "../config/settings.ts";
import { deafToStatements, type Observation, type Observer } from "../observability/observation.ts";
import { GatheredLines } from "./gathered-lines.ts";
import { mailTrouble } from "./mail-delivery.ts";

/** Bytes that wait for whoever reads the lines and has stopped: what comes then is lost, and the server stays. */
const WAITING_BYTES = 4_194_304;

/** What `servery start` says while it runs: JSON lines on stdout, the last of them written when the process ends. */
export async function openServerLog({ logEvery, logSlowMs }: Settings): Promise<Observer> {
  const [{ pino }, { ServerLog }] = await Promise.all([import("pino"), import("../observability/server-log.ts")]);
  const lines = pino.destination({
    dest: 1,
    sync: false,
    maxLength: WAITING_BYTES,
  });
  // Whoever read the lines has gone: there is nobody to tell.
  lines.on("error", () => undefined);
  const gathered = new GatheredLines(lines);
  process.once("exit", () => {
    gathered.flush();
    lines.flushSync();
  });
  const log = new ServerLog(gathered, { every: logEvery, slowMs: logSlowMs });
  return deafToStatements((observation) => {
    const trouble = observation.is === "mail" ? mailTrouble(observation) : undefined;
    if (trouble !== undefined) log.warn(trouble);
    log.observe(observation.is === "fault" ? told(observation) : observation);
  });
}

/** What the other commands say of what goes wrong: in words, on stderr. */
export const tellInWords: Observer = deafToStatements((observation) => {
  if (observation.is === "mail") {
    const trouble = mailTrouble(observation);
    if (trouble !== undefined) console.error(trouble);
  }
  if (observation.is === "traces_lost") console.error("traces were not taken:", reasonOf(observation.cause));
  if (observation.is !== "fault") return;
  const what =
    observation.requestId === undefined ? "an answer lacks a value:" : `request ${observation.requestId} failed:`;
  console.error(what, told(observation).cause);
});

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A stack tells nothing about a value that somebody else stored, or sent. */
function told<Fault extends Extract<Observation, { is: "fault" }>>(fault: Fault): Fault {
  const { cause } = fault;
  const isTheirs = cause instanceof BrokenValue || cause instanceof ProviderFault;
  return isTheirs ? { ...fault, cause: cause.message } : fault;
}
