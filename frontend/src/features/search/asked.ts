/** What is searched for, as the address of the page says it. Days are local ones: 2026-11-22. */
export type Asked = {
  q?: string;
  role?: "user" | "assistant" | "title";
  folder?: string;
  tag?: string;
  model?: string;
  from?: string;
  to?: string;
};

const NAMES = ["q", "role", "folder", "tag", "model", "from", "to"] as const;
const ROLES: readonly unknown[] = ["user", "assistant", "title"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What of an address can be searched for; the rest is left out. */
export function askedOf(search: Record<string, unknown>): Asked {
  const fits = (name: (typeof NAMES)[number], value: unknown): value is string => {
    if (typeof value !== "string" || value === "" || value.length > 200) return false;
    if (name === "role") return ROLES.includes(value);
    if (name === "folder") return ID.test(value);
    return name === "from" || name === "to" ? DAY.test(value) && !Number.isNaN(Date.parse(value)) : true;
  };
  // The router reads numbers out of an address: somebody may search for 2026.
  const told = NAMES.map(
    (name) => [name, typeof search[name] === "number" ? String(search[name]) : search[name]] as const,
  );
  return Object.fromEntries(told.filter(([name, value]) => fits(name, value))) as Asked;
}

/** What the server is asked: days become moments, from the first of the one to the last of the other. */
export function queryOf({ from, to, q = "", ...rest }: Asked): Record<string, string> {
  return {
    q,
    ...rest,
    ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(to ? { to: new Date(`${to}T23:59:59.999`).toISOString() } : {}),
  };
}

/** Whether anything but words narrows what is found. */
export function isNarrowed({ q: _q, ...rest }: Asked): boolean {
  return Object.keys(rest).length > 0;
}
