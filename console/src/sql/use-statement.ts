import { useState } from "react";
import { announce } from "../state/announcement.ts";
import { counted } from "../text/amounts.ts";
import { type Outcome, runSql, type SqlAnswer, type Statement } from "./run-sql.ts";
import { readParams } from "./params.ts";
import { rememberStatement } from "./sql-history.ts";

/** A statement that waits for somebody to agree to its change. */
export interface Waiting {
  readonly statement: Statement;
  readonly said: string;
  /** Why the number before was none: nothing was changed. */
  readonly differs: string;
}

interface State {
  readonly busy: boolean;
  readonly answer: SqlAnswer | undefined;
  readonly problem: string;
  readonly waiting: Waiting | undefined;
}

const NOTHING: State = { busy: false, answer: undefined, problem: "", waiting: undefined };

/** Runs what was typed, asks for consent where it is needed, and keeps what came of it. */
export function useStatement() {
  const [state, setState] = useState<State>(NOTHING);
  const settle = (statement: Statement, outcome: Outcome): void => {
    if (outcome.kind === "answered") {
      rememberStatement(statement.sql);
      setState({ ...NOTHING, answer: outcome.answer });
      announce(answerWords(outcome.answer));
    } else if (outcome.kind === "refused") setState({ ...NOTHING, problem: outcome.said });
    else
      setState((before) =>
        outcome.kind === "consent needed"
          ? { ...NOTHING, waiting: { statement, said: outcome.said, differs: "" } }
          : {
              ...NOTHING,
              waiting: { statement, said: before.waiting?.said ?? outcome.said, differs: outcome.said },
            },
      );
  };
  return {
    ...state,
    run: async (sql: string, typedParams: string): Promise<void> => {
      const read = readParams(typedParams);
      if (sql.trim() === "") setState({ ...NOTHING, problem: "Write a statement first." });
      else if ("problem" in read) setState({ ...NOTHING, problem: read.problem });
      else {
        setState({ ...NOTHING, busy: true });
        const statement = { sql, params: read.params };
        settle(statement, await runSql(statement));
      }
    },
    agree: async (rows: number): Promise<void> => {
      const { waiting } = state;
      if (waiting === undefined) return;
      setState({ ...state, busy: true });
      settle(waiting.statement, await runSql(waiting.statement, rows));
    },
    leave: () => setState(NOTHING),
  };
}

export function answerWords({ rows, cut, changed }: SqlAnswer): string {
  if (changed !== null) return `${counted(changed, "row")} changed`;
  return cut ? `the first ${counted(rows.length, "row")}` : counted(rows.length, "row");
}
