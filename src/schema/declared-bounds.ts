import { DeclarationError } from "../errors/declaration-error.ts";

/** Refuses a length that no text has: `text(0)`, `text(1.5)`, a `min` above the `max`. `call` is how the declaration reads. */
export function checkLengths(call: string, max: number, min = 0): void {
  if (!Number.isSafeInteger(max) || max < 1)
    throw new DeclarationError(
      call,
      "a text has a whole number of characters, at least 1",
      "Write for example text(100)",
    );
  if (!Number.isSafeInteger(min) || min < 0 || min > max)
    throw new DeclarationError(
      call,
      "min is a whole number not above the length",
      "Write for example text(100, { min: 2 })",
    );
}

/** Refuses a range that holds no number. */
export function checkRange(call: string, min: number, max: number): void {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    throw new DeclarationError(
      call,
      "min and max are whole numbers, min not above max",
      "Write for example integer({ min: 1, max: 5 })",
    );
  }
}
