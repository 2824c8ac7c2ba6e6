import { Problem } from "../errors/problem.ts";

const WHOLE = /^(?:0|[1-9]\d{0,15})$/;

/** A parameter that is a number from 0 to `max`: "1e3", "-1", "" and "1.5" are none. */
export function parseWholeNumber(parameter: string, text: string, max: number): number {
  if (!WHOLE.test(text)) throw new Problem("invalid_parameter", `${parameter} takes a whole number from 0 to ${max}.`);
  const value = Number(text);
  if (value > max) throw new Problem("limit_exceeded", `${parameter} is at most ${max}.`);
  return value;
}
