/** Every row is as high as every other, so where each stands is arithmetic, and nothing is kept of those out of sight. */
export const ROW_HEIGHT = 32;
export const HEAD_HEIGHT = 46;

/** Firefox draws nothing beyond 17 million pixels: from here on a pixel of the scroll bar stands for several. */
const DRAWN = 8_000_000;
/** So near to either end a pixel is a pixel, so that the first and the last row are met exactly. */
const EXACT = 200_000;
/** A wheel and the keys move less at once; whatever moves more was the scroll bar. */
const LEAP = 3_000;

/** How far one can scroll. */
export interface Scale {
  /** Over all rows. */
  readonly whole: number;
  /** In the element, which is less high where there are very many. */
  readonly drawn: number;
}

/** Where a grid is scrolled to. */
export interface Scrolled {
  /** Pixels of rows above what is seen. */
  readonly top: number;
  /** What the element says. */
  readonly drawn: number;
}

export function drawnHeight(count: number): number {
  return Math.min(count * ROW_HEIGHT, DRAWN);
}

export function scaleOf(count: number, view: number): Scale {
  const beside = HEAD_HEIGHT - view;
  return {
    whole: Math.max(0, count * ROW_HEIGHT + beside),
    drawn: Math.max(0, drawnHeight(count) + beside),
  };
}

/** Where the scroll bar leads to. */
function placeOf({ whole, drawn }: Scale, at: number): number {
  if (at < EXACT || whole <= drawn) return at;
  if (at > drawn - EXACT) return whole - (drawn - at);
  return EXACT + ((at - EXACT) / (drawn - 2 * EXACT)) * (whole - 2 * EXACT);
}

/** Where the scroll bar stands for a place. */
function drawnOf({ whole, drawn }: Scale, top: number): number {
  if (top < EXACT || whole <= drawn) return top;
  if (top > whole - EXACT) return drawn - (whole - top);
  return EXACT + ((top - EXACT) / (whole - 2 * EXACT)) * (drawn - 2 * EXACT);
}

export function scrolledTo(scale: Scale, top: number): Scrolled {
  const held = Math.max(0, Math.min(top, scale.whole));
  // An element keeps no parts of a pixel.
  return { top: held, drawn: Math.round(drawnOf(scale, held)) };
}

/** After the element was scrolled: a little moves the rows as much, a leap goes where the scroll bar points. */
export function scrolledBy(scale: Scale, before: Scrolled, drawn: number): Scrolled {
  const step = drawn - before.drawn;
  if (scale.whole <= scale.drawn) return { top: drawn, drawn };
  if (Math.abs(step) > LEAP) return { top: Math.round(placeOf(scale, drawn)), drawn };
  const next = scrolledTo(scale, before.top + step);
  const isNearEnd = [drawn, next.top].some((at) => at < EXACT) || scale.whole - next.top < EXACT;
  return isNearEnd || scale.drawn - drawn < EXACT ? next : { top: next.top, drawn };
}
