import { lazy, Suspense, useState } from "react";
import { useApi } from "../api/use-api.ts";
import { announce } from "../state/announcement.ts";
import { callers, chooseCaller, chosenAsking, signOut } from "../state/callers.ts";
import { chosenEnvironment, environments } from "../state/environments.ts";
import { useStore } from "../state/store.ts";
import { type Theme, theme } from "../state/theme.ts";
import { visible } from "../text/visible-text.ts";
import { EnvironmentDialog } from "./environment-dialog.tsx";
import { useEngineName, useIsClosed } from "./open-here.ts";
import { SignInDialog } from "./sign-in-dialog.tsx";

const StandInDialog = lazy(() => import("../people/stand-in-dialog.tsx"));

const SIGN_IN = "+";
const STAND_IN = "as";
const EDIT = "+";
const NEXT: Readonly<Record<Theme, Theme>> = { auto: "dark", dark: "light", light: "auto" };

/** Which application, as whom, and in which environment. */
export function Header({ onPalette }: { readonly onPalette: () => void }) {
  const { data } = useApi();
  const shown = useStore(theme);
  const database = useEngineName();
  // Nobody to ask as, and nothing to ask for, before somebody has signed in.
  const isClosed = useIsClosed() === true;
  return (
    <header className="header">
      <a className="brand" href="/console">
        <span className="logo" aria-hidden="true" />
        Servery
      </a>
      <span className="application soft">
        {visible([data?.title, database].filter((part) => part !== undefined && part !== "").join(" · "))}
      </span>
      <span className="header-space" />
      {!isClosed && <CallerPicker />}
      {!isClosed && <EnvironmentPicker />}
      <button
        type="button"
        className="quiet"
        onClick={() => theme.set(NEXT[shown])}
        aria-label={`Theme: ${shown}. Press for ${NEXT[shown]}.`}
      >
        Theme: {shown}
      </button>
      <button
        type="button"
        className="palette-key"
        onClick={onPalette}
        aria-label="Find a page or an endpoint (Ctrl K)"
      >
        <kbd>Ctrl K</kbd>
      </button>
    </header>
  );
}

function CallerPicker() {
  const state = useStore(callers);
  const { data } = useApi();
  const [opened, setOpened] = useState<"sign in" | "stand in">();
  const asking = chosenAsking(state);
  const caller = asking?.caller;
  const canSignIn = data?.endpoints.has("auth.signIn") === true;
  return (
    <>
      <label className="picker">
        <span className="soft">as</span>
        <select
          value={asking?.as?.id ?? caller?.id ?? ""}
          data-caller
          onChange={({ target: { value } }) => {
            if (value === SIGN_IN) setOpened("sign in");
            else if (value === STAND_IN) setOpened("stand in");
            else chooseCaller(value === "" ? undefined : value);
          }}
        >
          <option value="">public</option>
          {state.all.map(({ id, name }) => (
            <option key={id} value={id}>
              {visible(name)}
            </option>
          ))}
          {state.standIns.map(({ id, name, by }) => (
            <option key={id} value={id}>
              {visible(name)}, by {visible(state.all.find((one) => one.id === by)?.name ?? by)}
            </option>
          ))}
          {caller !== undefined && <option value={STAND_IN}>As somebody else …</option>}
          {canSignIn && <option value={SIGN_IN}>Sign in …</option>}
        </select>
      </label>
      {caller === undefined ? (
        canSignIn && (
          <button type="button" className="quiet" onClick={() => setOpened("sign in")}>
            Sign in
          </button>
        )
      ) : (
        <button
          type="button"
          className="quiet"
          onClick={() => void signOut(caller).catch(() => announce("Signed out here. The server could not be told."))}
        >
          Sign out
        </button>
      )}
      {opened === "sign in" && <SignInDialog onClose={() => setOpened(undefined)} />}
      {opened === "stand in" && (
        <Suspense>
          <StandInDialog onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  );
}

function EnvironmentPicker() {
  const state = useStore(environments);
  const [editing, setEditing] = useState(false);
  return (
    <>
      <label className="picker">
        <span className="soft">in</span>
        <select
          value={chosenEnvironment(state).name}
          data-environment
          onChange={({ target }) =>
            target.value === EDIT ? setEditing(true) : environments.set({ ...state, chosen: target.value })
          }
        >
          {state.all.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
          <option value={EDIT}>Variables …</option>
        </select>
      </label>
      {editing && <EnvironmentDialog onClose={() => setEditing(false)} />}
    </>
  );
}
