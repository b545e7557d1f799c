// How much room what is written in the graph takes. Reckoned, not measured: the layout is made before anything is drawn.

type Point = { x: number; y: number };
export type Box = { left: number; right: number; top: number; bottom: number };

/** Signs of a label; the whole name stands in the list. */
const LONGEST = 22;
/** Of a sign at 12 px: a Latin one on the safe side, and one that takes a square. */
const [NARROW, WIDE] = [7.4, 13];
const GAP = 4;
/** How the middle is called is known to the reader's language only. */
const ONESELF = "You, yourself";

/** Where a name stands over or under its point. */
export function nameOffset(isAbove: boolean): number {
  return isAbove ? -14 : 22;
}

export function fitted(text: string): string {
  const signs = [...text];
  return signs.length > LONGEST ? `${signs.slice(0, LONGEST - 1).join("")}…` : text;
}

function halfWidth(text: string): number {
  const signs = [...text];
  return signs.reduce((sum, sign) => sum + ((sign.codePointAt(0) ?? 0) < 0x1100 ? NARROW : WIDE), GAP) / 2;
}

/** A point with its name. */
export function aroundName({ label, x, y, isAbove }: Point & { label: string; isAbove: boolean }): Box {
  const half = halfWidth(label || ONESELF);
  const baseline = y + nameOffset(isAbove);
  return {
    left: x - half,
    right: x + half,
    top: Math.min(baseline - 11, y - 9) - GAP,
    bottom: Math.max(baseline + 4, y + 9) + GAP,
  };
}

/** A word of 10 px on a line. */
export function aroundText(text: string, { x, y }: Point): Box {
  const half = (halfWidth(text) * 10) / 12;
  return { left: x - half, right: x + half, top: y - 10, bottom: y + 4 };
}

export function meets(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
