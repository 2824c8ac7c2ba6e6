import { expect, test } from "vitest";
import { cookieValues } from "#servery/auth/cookies.js";

test.each([
  { header: undefined, values: [] },
  { header: "b=1", values: [] },
  { header: "a=1", values: ["1"] },
  { header: "b=2; a=1; c=a", values: ["1"] },
  { header: "a=1;\ta = 2 ", values: ["1", "2"] },
  { header: "a=1=2", values: ["1=2"] },
  { header: "a", values: [""] },
  { header: "a=", values: [""] },
  // A browser lets any host of the domain set these.
  { header: "\u00a0a=1; a\u00a0=2; A=3; aa=4", values: [] },
])("the values of a in $header", ({ header, values }) => {
  expect(cookieValues(header, "a")).toEqual(values);
});
