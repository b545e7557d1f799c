// Days and months are UTC's, as those of budgets and of usage are.

const DAY_MS = 86_400_000;

/** The beginning of the day so many days before. */
export function daysAgo(days: number, now = Date.now()): string {
  return new Date(Math.floor(now / DAY_MS) * DAY_MS - days * DAY_MS).toISOString();
}

export function monthStart(now = Date.now()): string {
  const today = new Date(now);
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1)).toISOString();
}

/** Every day of a span, as the server names days. */
export function daysBetween(since: string, until: string): string[] {
  const first = Math.floor(Date.parse(since) / DAY_MS);
  const last = Math.ceil(Date.parse(until) / DAY_MS);
  return Array.from({ length: Math.max(0, last - first) }, (_, day) =>
    new Date((first + day) * DAY_MS).toISOString().slice(0, 10),
  );
}
