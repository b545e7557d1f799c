// What a form says, as the server takes it: nothing that was left empty becomes a text.
import { numberOrNull, plainNumber } from "#shared/lib/numbers.ts";

export function text(data: FormData, name: string): string {
  return String(data.get(name) ?? "").trim();
}

export function textOrNull(data: FormData, name: string): string | null {
  return text(data, name) || null;
}

/** A whole number, or null for an empty field; what is no number goes to the server, which says so at the field. */
export function wholeOrNull(data: FormData, name: string): number | null {
  const said = text(data, name);
  if (!said) return null;
  return /^-?\d+$/.test(said) ? Number.parseInt(said, 10) : (said as unknown as number);
}

/** A number as it is written, with a comma or a point, or null; what is none goes to the server likewise. */
export function decimalOrNull(data: FormData, name: string): number | null {
  return numberOrNull(text(data, name));
}

/** An amount, to its last digit: it stays text. */
export function amount(data: FormData, name: string): string {
  return plainNumber(text(data, name));
}

/** Percentages in a line, with anything between them; what is none goes to the server. */
export function percents(data: FormData, name: string): number[] {
  const said = text(data, name)
    .replaceAll("%", " ")
    .split(/[\s,;]+/);
  return said.filter(Boolean).map((one) => (/^\d+$/.test(one) ? Number(one) : (one as unknown as number)));
}

/** A share that is written in percent, or null. */
export function shareOrNull(data: FormData, name: string): number | null {
  const percent = decimalOrNull(data, name);
  return typeof percent === "number" ? percent / 100 : percent;
}

export function isTicked(data: FormData, name: string): boolean {
  return data.get(name) !== null;
}

export function texts(data: FormData, name: string): string[] {
  return data.getAll(name).map(String);
}

/** One to a line. */
export function lines(data: FormData, name: string): string[] {
  return text(data, name)
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The reader's day of a moment, as a calendar's field has it; nothing of none. */
export function dayOf(moment: string | null): string {
  if (!moment) return "";
  const at = new Date(moment);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The moment at which a day, chosen in a calendar, is over for the reader. */
export function endOfDayOrNull(data: FormData, name: string): string | null {
  const day = text(data, name);
  return day ? new Date(`${day}T23:59:59`).toISOString() : null;
}
