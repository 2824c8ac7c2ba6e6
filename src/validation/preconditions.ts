import { Problem } from "../errors/problem.ts";
import type { Preconditions } from "./command.ts";
import { PRECONDITION_TAGS } from "./limits.ts";

/** The first member of a list: an entity-tag of RFC 9110 §8.8.3, which may hold commas. */
const MEMBER = /^[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:(,)|$)/;

/** Reads If-Match and If-None-Match of a write. */
export function parsePreconditions(match: string | undefined, noneMatch: string | undefined): Preconditions {
  return {
    match: match === undefined ? undefined : tagsOf("If-Match", match, "strong"),
    noneMatch: noneMatch === undefined ? undefined : tagsOf("If-None-Match", noneMatch, "weak"),
  };
}

/** Whether If-None-Match of a read names this tag: the caller has the answer already. */
export function alreadyHas(noneMatch: string, tag: string): boolean {
  if (noneMatch === `"${tag}"`) return true;
  const tags = listed("If-None-Match", noneMatch);
  return tags === "*" || tags.some((candidate) => candidate.tag === tag);
}

/**
 * The row's part of each tag. A tag of another representation of the row (fields, include) names the
 * row in front of its dot, so it serves as well. If-Match compares strongly, so a weak tag matches nothing.
 */
function tagsOf(header: string, value: string, comparison: "strong" | "weak"): readonly string[] | "*" {
  const tags = listed(header, value);
  if (tags === "*") return "*";
  return tags.filter(({ weak }) => comparison === "weak" || !weak).map(({ tag }) => tag.split(".")[0] ?? "");
}

function listed(header: string, value: string): { tag: string; weak: boolean }[] | "*" {
  if (value.trim() === "*") return "*";
  const tags: { tag: string; weak: boolean }[] = [];
  for (let left = value, more = true; more; ) {
    const [member, weak, tag, comma] = MEMBER.exec(left) ?? [];
    if (member === undefined || tag === undefined) {
      throw new Problem(
        "invalid_precondition",
        `${header} takes * or tags in double quotes, as the ETag header gives them.`,
      );
    }
    if (tags.length === PRECONDITION_TAGS)
      throw new Problem("limit_exceeded", `${header} has at most ${PRECONDITION_TAGS} tags.`);
    tags.push({ tag, weak: weak !== undefined });
    left = left.slice(member.length);
    more = comma !== undefined;
  }
  return tags;
}
