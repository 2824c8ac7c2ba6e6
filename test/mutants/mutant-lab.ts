import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import ts from "typescript";
import { type Rounds, ROUNDS } from "../policy/matrix.ts";
import { mutable, type Mutation, type MutationsOf } from "./mutable-code.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What the matrix is made of. */
const TEST_FILES = [
  "test/policy",
  "test/mutants/first-leak.ts",
  "test/mutants/run-mutations.ts",
  "test/harness",
  "test/api/interpreter.ts",
  "test/database/random-source.ts",
];
const LEAKED = 3;
/** Milliseconds after which a run has lost its way: a fault may also end in a loop. */
const RUN_DEADLINE_MS = 240_000;

/** Runs beside each other. */
const PROCESSES = availableParallelism();

/** What a line of a run begins with that says how a mutation ended. */
const REPORT = "mutation ";

/** A fault, planted into the built code: the exact text that is there, and what takes its place. */
export interface Fault {
  readonly name: string;
  /** The built file, below `dist/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The doors that must show it; without them all are asked. */
  readonly doors?: readonly string[];
}

/** How a run over faulty code ended. */
export type Ending =
  | { readonly is: "caught"; readonly by: string }
  | { readonly is: "survived" }
  /** Nothing could be asked: the fault breaks more than a policy. */
  | { readonly is: "broken"; readonly why: string }
  /** The run ended without a word, or not at all. */
  | { readonly is: "lost"; readonly why: string };

const ALL_ROUNDS: Rounds = { from: 0, to: ROUNDS };

interface Asked {
  readonly rounds: Rounds;
  readonly endings: Map<number, Ending>;
}

/** A copy of the built code beside a copy of the matrix; faults are planted into it one after another. */
export class MutantLab {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static open(): MutantLab {
    const folder = mkdtempSync(join(tmpdir(), "servery-mutants-"));
    cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    for (const path of TEST_FILES.flatMap((start) => filesBelow(join(ROOT, start)))) writeModule(folder, path);
    return new MutantLab(folder);
  }

  /** The built text of a file. */
  read(file: string): string {
    return readFileSync(join(this.#folder, "dist", file), "utf8");
  }

  /** Plants a fault, asks the matrix, and takes the fault out again. Throws where the text is not there exactly once. */
  async run(fault: Fault): Promise<Ending> {
    const text = this.read(fault.file);
    const places = text.split(fault.find).length - 1;
    if (places !== 1) throw new Error(`${fault.name}: ${fault.file} has ${places} times ${JSON.stringify(fault.find)}`);
    return this.runText(
      fault.file,
      text.replace(fault.find, () => fault.replace),
      fault.doors,
    );
  }

  /** Puts every mutation of some files into them, each to be switched on by its number. */
  mutate(files: readonly string[], of: MutationsOf): readonly Mutation[] {
    const all: Mutation[] = [];
    for (const file of files) {
      const { text, mutations } = mutable({ file, text: this.read(file) }, all.length + 1, of);
      writeFileSync(join(this.#folder, "dist", file), text);
      all.push(...mutations);
    }
    return all;
  }

  /** Asks some rounds of the matrix with each mutation switched on; answers how it ended for each number. */
  async runMutations(numbers: readonly number[], rounds: Rounds = ALL_ROUNDS): Promise<ReadonlyMap<number, Ending>> {
    const endings = new Map<number, Ending>();
    const shares = Array.from({ length: PROCESSES }, (_, share) =>
      numbers.filter((_number, at) => at % PROCESSES === share),
    );
    await Promise.all(shares.map((share) => this.#runShare(share, { rounds, endings })));
    return endings;
  }

  async #runShare(numbers: readonly number[], asked: Asked): Promise<void> {
    // A mutation may end the process, or never end: the others are asked in another one.
    for (let left = numbers; left.length > 0; left = numbers.filter((number) => !asked.endings.has(number))) {
      const why = await this.#runSome(left, asked);
      const [stuck] = left.filter((number) => !asked.endings.has(number));
      if (stuck !== undefined) asked.endings.set(stuck, { is: "lost", why });
    }
  }

  /** Runs until all are done, or one does not end; in front of their numbers stand the rounds. */
  #runSome(numbers: readonly number[], { rounds, endings }: Asked): Promise<string> {
    const script = join(this.#folder, "test/mutants/run-mutations.js");
    // Each process keeps its world in a folder of its own.
    const folder = mkdtempSync(join(this.#folder, "run-"));
    const given = [folder, rounds.from, rounds.to, ...numbers].map(String);
    const child = spawn(process.execPath, [script, ...given], { stdio: ["ignore", "pipe", "pipe"] });
    let why = "it did not end";
    child.stderr.on("data", (data: Buffer) => (why = String(data).slice(-500)));
    return new Promise((resolve) => {
      let late = setTimeout(() => child.kill(), RUN_DEADLINE_MS);
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (!line.startsWith(REPORT)) return;
        const { number, ending } = JSON.parse(line.slice(REPORT.length)) as { number: number; ending: Ending };
        endings.set(number, ending);
        clearTimeout(late);
        late = setTimeout(() => child.kill(), RUN_DEADLINE_MS);
      });
      child.on("close", () => {
        clearTimeout(late);
        resolve(why);
      });
    });
  }

  /** Asks the matrix over a file with another text. */
  async runText(file: string, text: string, doors: readonly string[] = []): Promise<Ending> {
    const path = join(this.#folder, "dist", file);
    const sound = this.read(file);
    writeFileSync(path, text);
    try {
      return await this.ask(doors);
    } finally {
      writeFileSync(path, sound);
    }
  }

  /** Asks the matrix over the code as it stands. */
  async ask(doors: readonly string[] = []): Promise<Ending> {
    const script = join(this.#folder, "test/mutants/first-leak.js");
    return new Promise((resolve) => {
      execFile(process.execPath, [script, ...doors], { timeout: RUN_DEADLINE_MS }, (error, stdout, stderr) => {
        if (error === null) resolve({ is: "survived" });
        else if (error.code === LEAKED) resolve({ is: "caught", by: stdout });
        else resolve({ is: "broken", why: stderr || error.message });
      });
    });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function filesBelow(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Node 20 runs no TypeScript. */
function writeModule(folder: string, path: string): void {
  const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  const target = join(folder, relative(ROOT, path)).replace(/\.ts$/, ".js");
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
