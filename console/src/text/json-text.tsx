import { memo, useMemo, useState } from "react";
import { jsonTokens } from "./json-tokens.ts";
import { visible } from "./visible-text.ts";
import "./text.css";

/** Letters that are shown before somebody asks for all. */
const SHOWN = 200_000;

interface JsonTextProps {
  readonly text: string;
  readonly isJson: boolean;
  readonly label: string;
}

/** A body as text: laid out and coloured where it is JSON, and never anything but text. */
export const JsonText = memo(function JsonText({ text, isJson, label }: JsonTextProps) {
  const [whole, setWhole] = useState<string>();
  const showsAll = whole === text || text.length <= SHOWN;
  const tokens = useMemo(() => (isJson ? jsonTokens(text.slice(0, SHOWN)) : undefined), [text, isJson]);
  return (
    <>
      <pre className="paper-text" tabIndex={0} role="region" aria-label={label}>
        {showsAll && text.length > SHOWN
          ? visible(text)
          : tokens === undefined
            ? visible(text.slice(0, SHOWN))
            : tokens.map(({ kind, text: part }, at) =>
                kind === "mark" ? (
                  part
                ) : (
                  <span key={at} className={`json-${kind}`}>
                    {visible(part)}
                  </span>
                ),
              )}
        {showsAll ? "" : " …"}
      </pre>
      {!showsAll && (
        <p className="soft small">
          The first {SHOWN.toLocaleString("en")} of {text.length.toLocaleString("en")} letters.{" "}
          <button type="button" className="plain" onClick={() => setWhole(text)}>
            Show all
          </button>
        </p>
      )}
    </>
  );
});
