export type Order = { column: string; isDown: boolean };

/** Decimals in text are compared as decimals: by sign, by length of the whole part, then digit by digit. */
function compareDecimals(left: string, right: string): number {
  const isMinus = left.startsWith("-");
  if (isMinus !== right.startsWith("-")) return isMinus ? -1 : 1;
  const [wholeLeft = "", restLeft = ""] = left.replace("-", "").split(".");
  const [wholeRight = "", restRight = ""] = right.replace("-", "").split(".");
  const size =
    wholeLeft.length - wholeRight.length ||
    compare(wholeLeft, wholeRight) ||
    compare(trimmed(restLeft), trimmed(restRight));
  return isMinus ? -size : size;
}

function trimmed(digits: string): string {
  return digits.replace(/0+$/, "");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** The rows in order: numbers by size, texts as their readers' language has them. */
export function sorted<Row>(rows: readonly Row[], by: (row: Row) => string | number, { isDown }: Order): Row[] {
  const turn = isDown ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left, right] = [by(one), by(other)];
    if (typeof left === "number" && typeof right === "number") return (left - right) * turn;
    const [first, second] = [String(left), String(right)];
    const isAmount = DECIMAL.test(first) && DECIMAL.test(second);
    return (isAmount ? compareDecimals(first, second) : first.localeCompare(second)) * turn;
  });
}
