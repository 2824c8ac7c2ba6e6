import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { Exchange } from "../api/x-ray.ts";
import { milliseconds } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { BoxDetail } from "./box-detail.tsx";
import { type Box, boxesOf, summaryWords } from "./boxes.ts";
import "./way-detail.css";
import "./way.css";

interface WayOfRequestProps {
  readonly exchange: Exchange;
  /** What the page measured, where it sent the request itself. */
  readonly clientMs?: number | undefined;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The six boxes of a request, and what the chosen one did. */
export function WayOfRequest({ exchange, clientMs }: WayOfRequestProps) {
  const boxes = useMemo(() => boxesOf(exchange, clientMs), [exchange, clientMs]);
  const [chosen, setChosen] = useState<{ readonly id: string; readonly at: number }>();
  const at = chosen?.id === exchange.id ? chosen.at : firstBox(boxes);
  const tabs = useRef<HTMLDivElement>(null);
  const choose = (next: number): void => {
    setChosen({ id: exchange.id, at: next });
    tabs.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? boxes.length - 1 : undefined;
    if (step === undefined && next === undefined) return;
    event.preventDefault();
    choose(next ?? (at + (step ?? 0) + boxes.length) % boxes.length);
  };
  const box = boxes[at];
  return (
    <>
      <p className="way-words soft" data-summary>
        {summaryWords(exchange, boxes)}
      </p>
      <div
        className="way-boxes"
        role="tablist"
        aria-label="The boxes of this request"
        ref={tabs}
        onKeyDown={move}
        key={exchange.id}
      >
        {boxes.map((one, index) => (
          <BoxTab
            key={one.name}
            box={one}
            index={index}
            boxes={boxes}
            chosen={index === at}
            onChoose={() => choose(index)}
          />
        ))}
      </div>
      {box !== undefined && <BoxDetail box={box} exchange={exchange} clientMs={clientMs} />}
    </>
  );
}

/** The box that says most: where it ended, else the last that was reached. */
function firstBox(boxes: readonly Box[]): number {
  const stopped = boxes.findIndex(({ state }) => state === "stopped");
  if (stopped !== -1) return stopped;
  return boxes.findLastIndex(({ state }) => state !== "not reached");
}

interface BoxTabProps {
  readonly box: Box;
  readonly index: number;
  readonly boxes: readonly Box[];
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

const MARKS = { passed: "✓", stopped: "✕", "not reached": "" } as const;

function BoxTab({ box, index, boxes, chosen, onChoose }: BoxTabProps) {
  const { name, state, verdict, ms } = box;
  const longest = Math.max(...boxes.map((one) => one.ms ?? 0), 0.001);
  return (
    <button
      type="button"
      role="tab"
      className={`way-box ${state.replace(" ", "-")}`}
      id={`way-tab-${index}`}
      aria-selected={chosen}
      aria-controls="way-detail"
      tabIndex={chosen ? 0 : -1}
      onClick={onChoose}
      data-box={name}
      data-state={state}
      style={{ animationDelay: `${index * 55}ms` }}
    >
      <span className="way-card">
        <span className="way-name">
          {name} {MARKS[state] !== "" && <span className="way-mark">{MARKS[state]}</span>}
          <span className="unseen">{state}</span>
        </span>
        <span className="way-verdict">{visible(verdict)}</span>
      </span>
      <span className="way-time mono">
        {ms !== undefined && (
          <>
            <span className="way-bar" aria-hidden="true" style={{ width: `${Math.max(3, (ms / longest) * 52)}px` }} />
            {milliseconds(ms)}
          </>
        )}
      </span>
    </button>
  );
}
