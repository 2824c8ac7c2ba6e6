import type { Expectation, Write } from "#servery/database/database.js";
import { entityTag } from "#servery/schema/entity-tag.js";
import type { RandomSource } from "./random-source.ts";
import { change, changeReturning, look, write } from "./statements.ts";

/** The tables that the model imitates. */
export const modelSchema = [
  `CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL DEFAULT 0 CONSTRAINT n_small CHECK (n <= 3)
  ) STRICT`,
  "CREATE TABLE notes (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items (id) ON DELETE RESTRICT) STRICT",
  "CREATE TABLE later (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED) STRICT",
  "CREATE TRIGGER items_end BEFORE INSERT ON items WHEN new.name = 'end' BEGIN SELECT RAISE(ROLLBACK, 'ended'); END",
];

interface Item {
  name: string;
  n: number;
}

/** What the tables hold, in memory. */
export class Model {
  items = new Map<number, Item>();
  notes = new Map<number, number>();
  lastItem = 0;
  lastNote = 0;

  rows(): { items: unknown[]; notes: unknown[] } {
    return {
      items: [...this.items].sort(([a], [b]) => a - b).map(([id, { name, n }]) => [id, name, n]),
      notes: [...this.notes].sort(([a], [b]) => a - b).map(([id, item]) => [id, item]),
    };
  }

  /** Runs a change whole or not at all; answers its verdict. */
  attempt(run: (model: Model) => string): string {
    const trial = new Model();
    trial.items = new Map([...this.items].map(([id, item]) => [id, { ...item }]));
    trial.notes = new Map(this.notes);
    [trial.lastItem, trial.lastNote] = [this.lastItem, this.lastNote];
    const verdict = run(trial);
    if (verdict === "ok") Object.assign(this, trial);
    return verdict;
  }

  insertItem(name: string): string {
    if (name === "end") return "failed: aborted";
    if (this.hasName(name)) return "failed: unique";
    this.lastItem += 1;
    this.items.set(this.lastItem, { name, n: 0 });
    return "ok";
  }

  insertNote(item: number): string {
    if (!this.items.has(item)) return "failed: foreign_key";
    this.lastNote = Math.max(0, ...this.notes.keys()) + 1;
    this.notes.set(this.lastNote, item);
    return "ok";
  }

  hasName(name: string): boolean {
    return [...this.items.values()].some((item) => item.name === name);
  }
}

/** A write, and what it does to the model: its verdict is what the database must answer. */
export interface ModelWrite {
  readonly write: Write;
  readonly applyTo: (model: Model) => string;
}

const missing = { code: "missing" };
const some: Expectation = { is: "some", otherwise: missing };
const insertItem = "INSERT INTO items (name) VALUES (?)";
const insertNote = "INSERT INTO notes (item) VALUES (?)";

/** One random write. The model tells which ids and tags are likely to be there. */
export function randomWrite(random: RandomSource, model: Model): ModelWrite {
  const id = random.below(random.pick([30, model.lastItem + 3]));
  const name = random.below(40) === 0 ? "end" : `name ${random.below(200)}`;
  return random.pick([add, add, note, rename, raise, raise, raise, remove, both, compareAndSet, raiseMany, dangle])({
    id,
    name,
    random,
    model,
  });
}

interface Choice {
  readonly id: number;
  readonly name: string;
  readonly random: RandomSource;
  readonly model: Model;
}

function add({ name }: Choice): ModelWrite {
  return {
    write: write(change(insertItem, [name])),
    applyTo: (model) => model.attempt((trial) => trial.insertItem(name)),
  };
}

function note({ id }: Choice): ModelWrite {
  return {
    write: write(changeReturning(`${insertNote} RETURNING id`, [id])),
    applyTo: (model) => model.attempt((trial) => trial.insertNote(id)),
  };
}

function rename({ id, name }: Choice): ModelWrite {
  return {
    write: write(change("UPDATE items SET name = ? WHERE id = ?", [name, id], [some])),
    applyTo: (model) => {
      const item = model.items.get(id);
      if (item === undefined) return "refused: missing";
      if (item.name !== name && model.hasName(name)) return "failed: unique";
      item.name = name;
      return "ok";
    },
  };
}

function raise({ id }: Choice): ModelWrite {
  return {
    write: write(changeReturning("UPDATE items SET n = n + 1 WHERE id = ? RETURNING n", [id], [some])),
    applyTo: (model) => {
      const item = model.items.get(id);
      if (item === undefined) return "refused: missing";
      if (item.n >= 3) return "failed: check";
      item.n += 1;
      return "ok";
    },
  };
}

function remove({ id }: Choice): ModelWrite {
  return {
    write: write(change("DELETE FROM items WHERE id = ?", [id], [some])),
    applyTo: (model) => {
      if (!model.items.has(id)) return "refused: missing";
      if ([...model.notes.values()].includes(id)) return "failed: foreign_key";
      model.items.delete(id);
      return "ok";
    },
  };
}

/** Several steps, of which a later one may fail. */
function both({ id, name }: Choice): ModelWrite {
  return {
    write: write(
      change(insertItem, [name]),
      change(insertNote, [id]),
      change("UPDATE items SET n = n + 1 WHERE id = ?", [id], [some]),
    ),
    applyTo: (model) =>
      model.attempt((trial) => {
        const steps = [
          () => trial.insertItem(name),
          () => trial.insertNote(id),
          () => {
            const item = trial.items.get(id);
            if (item !== undefined) item.n += 1;
            return item !== undefined && item.n > 3 ? "failed: check" : "ok";
          },
        ];
        for (const step of steps) {
          const verdict = step();
          if (verdict !== "ok") return verdict;
        }
        return "ok";
      }),
  };
}

/** An update with an If-Match: with the tag as it is when the write is made, which others may overtake. */
function compareAndSet({ id, name, random, model }: Choice): ModelWrite {
  const representation = (item: Item | undefined) => JSON.stringify({ name: item?.name ?? "", n: item?.n ?? 0 });
  const tag = entityTag(random.below(4) === 0 ? "stale" : representation(model.items.get(id)));
  return {
    write: write(
      look(
        "SELECT json_object('name', name, 'n', n) FROM items WHERE id = ?",
        [id],
        [
          { is: "some", otherwise: missing },
          { is: "tag", tags: [tag], otherwise: { code: "changed" } },
        ],
      ),
      change("UPDATE items SET name = ?, n = 0 WHERE id = ?", [name, id], [some]),
    ),
    applyTo: (now) => {
      const item = now.items.get(id);
      if (item === undefined) return "refused: missing";
      if (entityTag(representation(item)) !== tag) return "refused: changed";
      if (item.name !== name && now.hasName(name)) return "failed: unique";
      Object.assign(item, { name, n: 0 });
      return "ok";
    },
  };
}

/** A bulk change that stops at a cap. */
function raiseMany({ random }: Choice): ModelWrite {
  const [least, limit] = [1 + random.below(3), 1 + random.below(12)];
  const expect: Expectation = { is: "atMost", limit, otherwise: { code: "too_many" } };
  return {
    write: write(change("UPDATE items SET n = 0 WHERE n >= ?", [least], [expect])),
    applyTo: (model) => {
      const found = [...model.items.values()].filter(({ n }) => n >= least);
      if (found.length > limit) return "refused: too_many";
      for (const item of found) item.n = 0;
      return "ok";
    },
  };
}

/** A broken reference that SQLite finds only at COMMIT. */
function dangle(): ModelWrite {
  return { write: write(change("INSERT INTO later (item) VALUES (-1)")), applyTo: () => "failed: foreign_key" };
}
