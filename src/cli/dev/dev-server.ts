import { paint } from "../terminal.ts";
import type { EditedModules } from "../../config/edited-modules.ts";
import { followPlan, type SchemaPlan } from "../../database/sqlite/follow-schema.ts";
import type { Engine, SharedSocket } from "../../engine.ts";
import { explainFailure } from "../explain-failure.ts";
import { mayAsk } from "../may-ask.ts";
import { openEngine } from "../run-application.ts";
import { Consent } from "./consent.ts";
import { databaseFile, type DeclaredApplication, loadDeclared, planDatabase } from "./declared-application.ts";
import { clock, duration } from "./request-line.ts";
import { ASK_FOR_LOSS, blockedText, doneLines, lossText } from "./schema-words.ts";
import { SourceChanges } from "./source-changes.ts";
import type { WaitingChange } from "./waiting-change.ts";
import { FolderWatch } from "./watch-folder.ts";

/** What is running when the first engine has its socket. */
export interface Running {
  readonly engine: Engine;
  readonly socket: SharedSocket;
  readonly declared: DeclaredApplication;
  readonly modules: EditedModules;
  /** Where the application was asked for: a folder, or the declaration's file. */
  readonly path: string;
  readonly acceptsLoss: boolean;
  readonly waiting: WaitingChange;
  /** The same as long as the process runs. */
  readonly firstRunToken: string;
}

/** Follows a declaration while it is edited: one engine after another behind one socket. */
export class DevServer {
  readonly #running: Running;
  readonly #sources: SourceChanges;
  readonly #watch: FolderWatch;
  readonly #consent = new Consent();
  #engine: Engine;
  /** One change after another, in the order in which they came. */
  #work: Promise<void> = Promise.resolve();
  #isReloadPlanned = false;
  /** What must not be cut short: from the change of the database until its engine answers. */
  #entering: Promise<void> = Promise.resolve();
  readonly #retiring = new Set<Promise<void>>();
  #isClosing = false;

  constructor(running: Running) {
    const { folder } = running.declared.loaded;
    this.#running = running;
    this.#engine = running.engine;
    this.#sources = new SourceChanges(running.modules, folder, () => this.#planReload());
    this.#watch = new FolderWatch({
      onChange: (path) => this.#sources.note(path),
      onProblem: (reason) => console.log(paint.yellow(`Some changes will not be seen: ${reason}.`)),
    });
    this.#watch.add(folder);
    this.#watchBeside();
  }

  /** Ends what was begun, then closes the socket and the engine. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#watch.close();
    this.#sources.close();
    this.#consent.stop();
    await this.#entering;
    await this.#running.socket.close();
    await Promise.all(this.#retiring);
    await this.#engine.close();
  }

  #planReload(): void {
    if (this.#isReloadPlanned || this.#isClosing) return;
    this.#isReloadPlanned = true;
    this.#do(() => this.#reload());
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#tellFailure(error));
  }

  async #reload(): Promise<void> {
    const began = performance.now();
    const { modules, path, waiting } = this.#running;
    await this.#sources.settle();
    // What changes from here on is read by a later one.
    this.#isReloadPlanned = false;
    this.#consent.stop();
    waiting.put(undefined);
    modules.forget();
    this.#sources.isFollowed = false;
    const declared = await loadDeclared(path, modules).finally(() => this.#watchBeside());
    await this.#follow(declared, { began, acceptsLoss: this.#running.acceptsLoss });
  }

  /** Takes a declaration over where the database can follow, else says why it cannot. */
  async #follow(
    declared: DeclaredApplication,
    { began, acceptsLoss }: { readonly began: number; readonly acceptsLoss: boolean },
  ): Promise<void> {
    const plan = await planDatabase(declared);
    if (this.#isClosing) return;
    const isBlocked = plan !== undefined && plan.inTheWay.length > 0;
    const isLoss = plan !== undefined && plan.losses.length > 0 && !acceptsLoss;
    this.#running.waiting.put(isBlocked || isLoss ? plan : undefined);
    if (isBlocked) return tell(blockedText(plan));
    if (isLoss) return this.#ask(declared, plan);
    const entered = this.#enter(declared, plan);
    this.#entering = entered.then(
      () => undefined,
      () => undefined,
    );
    const lines = await entered;
    this.#sources.isFollowed = true;
    tell([`${paint.green("reloaded")} in ${duration(performance.now() - began)}`, ...lines].join("\n"));
    this.#tellOfAddress(declared.loaded.settings);
  }

  /** Changes the database while no request runs, opens the next engine, and hands the requests over to it. */
  async #enter(declared: DeclaredApplication, plan: SchemaPlan | undefined): Promise<string[]> {
    const { socket, firstRunToken, waiting } = this.#running;
    try {
      // No request may meet tables that its engine does not know.
      if (plan !== undefined) await socket.hold();
      const copy = plan === undefined ? undefined : await followPlan(databaseFile(declared), plan);
      const before = this.#engine;
      const loaded = {
        ...declared.loaded,
        address: () => socket.url,
        firstRunToken,
        waiting: () => waiting.plan,
      };
      this.#engine = await openEngine(loaded, "dev", declared.application);
      this.#retire(before, socket.switchTo(this.#engine));
      return plan === undefined ? [] : doneLines(plan, copy);
    } finally {
      socket.release();
    }
  }

  #retire(engine: Engine, answered: Promise<void>): void {
    const retired = answered
      .then(() => engine.close())
      .catch((error: unknown) => this.#tellFailure(error))
      .finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  #ask(declared: DeclaredApplication, plan: SchemaPlan): void {
    if (!mayAsk()) return tell(`${lossText(plan)} Change the declaration, or start again with --accept-loss.`);
    tell(`${lossText(plan)} ${ASK_FOR_LOSS}, or change the declaration.`);
    this.#consent.ask((isYes) => {
      if (!isYes) return;
      this.#consent.stop();
      this.#do(async () => {
        // What was declared meanwhile is asked about by itself.
        if (!this.#isReloadPlanned) await this.#follow(declared, { began: performance.now(), acceptsLoss: true });
      });
    });
  }

  #watchBeside(): void {
    for (const folder of this.#sources.foldersBeside()) this.#watch.add(folder);
  }

  #tellFailure(error: unknown): void {
    if (this.#isClosing) return;
    tell(`${paint.red(explainFailure(error).text)}\nThe server goes on as it was.`);
  }

  #tellOfAddress({ host, port }: { readonly host: string; readonly port: number }): void {
    const first = this.#running.declared.loaded.settings;
    if (host !== first.host || port !== first.port) tell("Another host or port counts from the next start on.");
  }
}

function tell(text: string): void {
  console.log(`${paint.dim(clock())}  ${text}`);
}
