/**
 * A number as programs write it, out of one with a comma or a point. Where a comma may as well stand between thousands
 * (`1,000`) it is left for the server to refuse: nobody's budget becomes a dollar.
 */
export function plainNumber(written: string): string {
  const said = written.trim();
  return /^-?[1-9]\d{0,2}(,\d{3})+$/.test(said) ? said : said.replace(",", ".");
}

/** A number, or null for an empty text; what is none goes to the server as it is, which says so. */
export function numberOrNull(written: string): number | null {
  const said = plainNumber(written);
  if (!said) return null;
  return Number.isFinite(Number(said)) ? Number(said) : (said as unknown as number);
}
