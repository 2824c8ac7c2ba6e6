/** A place in a file, counted from 1. */
export interface SourcePlace {
  readonly file: string;
  /** Left out where it is not known. */
  readonly line: number | undefined;
  /** Left out where a compiler moved it. */
  readonly column: number | undefined;
}

/** A file of the application cannot be read or run as code. The message begins with the place, as editors know it. */
export class SourceError extends Error {
  readonly place: SourcePlace;

  constructor(place: SourcePlace, problem: string, cause: unknown) {
    const at = [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
    super(`${at}: ${problem}`, { cause });
    this.name = "SourceError";
    this.place = place;
  }
}
