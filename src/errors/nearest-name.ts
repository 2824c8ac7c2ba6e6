/** A suggestion must be close: at most a third of the letters may differ, and never more than three. */
const MAX_DISTANCE = 3;
/** Longer names are not compared: the work grows with the square of the length, and callers choose it. */
const MAX_COMPARED_LENGTH = 64;

/** The candidate nearest to `name` by edit distance, or undefined when none is close enough to be meant. */
function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = nameDistance(name, candidate) ?? Number.POSITIVE_INFINITY;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** By how many letters two names differ, upper and lower case alike, or undefined when the one is not meant by the other. */
export function nameDistance(name: string, candidate: string): number | undefined {
  if (name.length > MAX_COMPARED_LENGTH) return undefined;
  // Something must be alike: one letter is not another one.
  const allowed = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(name.length / 3)), name.length - 1);
  if (Math.abs(candidate.length - name.length) > allowed) return undefined;
  const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
  return distance <= allowed ? distance : undefined;
}

/** " Did you mean …?" ready to be put behind a sentence, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? "" : ` Did you mean ${nearest}?`;
}

/** Letters added, dropped, changed or swapped with their neighbour. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const changed = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      const neighbours =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = neighbours ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(changed, swapped, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
