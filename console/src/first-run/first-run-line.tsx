import { firstRunOpened, firstRunPutOff } from "./first-run-state.ts";
import "./first-run-line.css";

/** While developing everything works without an administrator, so this is one quiet line. */
export function FirstRunLine() {
  return (
    <aside className="first-run-line" aria-label="First run">
      <span className="soft">Nobody is an administrator yet.</span>
      <button type="button" className="plain" onClick={() => firstRunOpened.set(true)}>
        Make one
      </button>
      <button type="button" className="quiet" onClick={() => firstRunPutOff.set(true)}>
        Not now
      </button>
    </aside>
  );
}
