import { daysAgo, monthStart } from "#features/admin/parts/days.ts";

export const RANGES = ["today", "days7", "days30", "days90", "month", "year"] as const;

export type Range = (typeof RANGES)[number];

/** When a range begins: a day of UTC; it ends now. */
export function sinceOf(range: Range): string {
  switch (range) {
    case "today":
      return daysAgo(0);
    case "days7":
      return daysAgo(6);
    case "days30":
      return daysAgo(29);
    case "days90":
      return daysAgo(89);
    case "month":
      return monthStart();
    case "year":
      return daysAgo(364);
  }
}

/** This month and those before it, of UTC, as the server names months. */
export function lastMonths(count: number, now = Date.now()): string[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}
