import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { FirstRunLine } from "../first-run/first-run-line.tsx";
import { useFirstRunPlace } from "../first-run/first-run-state.ts";
import { announcement } from "../state/announcement.ts";
import { useStore } from "../state/store.ts";
import { useIsClosed } from "./open-here.ts";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import { Palette } from "./palette.tsx";
import "./dialog.css";
import "./palette.css";
import "./shell.css";

const SignInPage = lazy(() => import("./sign-in-page.tsx"));
const FirstRunPage = lazy(() => import("../first-run/first-run-page.tsx"));

/** What stands around every page. */
export function Shell() {
  const [palette, setPalette] = useState(false);
  const firstRun = useFirstRunPlace();
  const isClosed = useIsClosed() === true;
  const alone = firstRun === "instead" || isClosed;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setPalette(true);
      } else if (event.key === "/" && !isTyping(event.target)) {
        const search = document.querySelector<HTMLElement>("[data-search]");
        if (search === null) return;
        event.preventDefault();
        search.focus();
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Header onPalette={() => setPalette(true)} />
      {!alone && <Navigation />}
      <main id="main" className={alone ? "main alone" : "main"} tabIndex={-1}>
        {firstRun === "above" && <FirstRunLine />}
        {alone ? <Suspense>{firstRun === "instead" ? <FirstRunPage /> : <SignInPage />}</Suspense> : <Outlet />}
      </main>
      {palette && <Palette onClose={() => setPalette(false)} />}
      <Announcer />
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function Announcer() {
  return (
    <p className="unseen" role="status" id="said">
      {useStore(announcement)}
    </p>
  );
}
