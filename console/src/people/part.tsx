import { type ReactNode, useId } from "react";
import { visible } from "../text/visible-text.ts";

interface PartProps {
  readonly title: string;
  /** What it is, in a sentence. */
  readonly words: string;
  readonly children: ReactNode;
}

/** One part of the page under its heading. */
export function Part({ title, words, children }: PartProps) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id} data-part={title}>
      <h2 id={id}>{title}</h2>
      <p className="soft">{words}</p>
      {children}
    </section>
  );
}

/** Why nothing stands here, and what to do about it. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return <p className="part-nothing">{children}</p>;
}

export function Wrong({ words }: { readonly words: string }) {
  return (
    <p className="error" role="alert">
      {words === "" ? "" : `✕ ${visible(words)}`}
    </p>
  );
}

/** A time as people read it; what it is not, a dash. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <span className="soft">—</span>;
  const time = new Date(at);
  return <time dateTime={at}>{Number.isNaN(time.getTime()) ? visible(at) : time.toLocaleString("en-GB")}</time>;
}
