// Proves a trail from its export, in the reader's own browser: what the server says of itself would prove nothing.

type Line = { entry?: Record<string, unknown>; checkpoint?: { text: string; signature: string; public_key: string } };

export type Verdict = {
  entries: number;
  /** Up to which number a signed checkpoint holds; 0: none does. */
  signedTo: number;
  /** The first entry that is not as it was written. */
  brokenAt: number | null;
  /** Whether signatures could be checked here; older browsers cannot. */
  canCheckSignatures: boolean;
};

/** In the order in which they are hashed. */
const HASHED = [
  "tenant_id",
  "id",
  "created_at",
  "number",
  "actor_id",
  "key_id",
  "act",
  "outcome",
  "target_kind",
  "target_id",
  "address",
  "request_id",
  "details",
  "previous_hash",
];

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the text is signed so; null where this browser cannot tell. */
async function isSigned(publicKey: string, text: string, signature: string): Promise<boolean | null> {
  try {
    const key = await crypto.subtle.importKey("raw", bytesOf(publicKey), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, bytesOf(signature), new TextEncoder().encode(text));
  } catch {
    return null;
  }
}

/** The first entry that does not follow the one before, or whose hash is not that of what it says. */
async function firstBreak(entries: readonly Record<string, unknown>[]): Promise<number | null> {
  let last: Record<string, unknown> | null = null;
  for (const entry of entries) {
    const follows = !last || (entry.number === Number(last.number) + 1 && entry.previous_hash === last.hash);
    const isWhole = (await sha256(JSON.stringify(HASHED.map((name) => entry[name])))) === entry.hash;
    if (!follows || !isWhole) return Number(entry.number);
    last = entry;
  }
  return null;
}

/**
 * Walks over an export of the trail, as JSON Lines.
 *
 * `keys` are the public keys that are the server's; checkpoints by others count for nothing.
 */
export async function verifyTrail(jsonl: string, keys: readonly string[]): Promise<Verdict> {
  const lines = jsonl
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  const entries = lines.flatMap(({ entry }) => (entry ? [entry] : []));
  const hashes = new Map(entries.map(({ number, hash }) => [Number(number), hash]));
  const verdict: Verdict = {
    entries: entries.length,
    signedTo: 0,
    brokenAt: await firstBreak(entries),
    canCheckSignatures: true,
  };
  for (const { checkpoint } of lines) {
    if (!checkpoint || !keys.includes(checkpoint.public_key)) continue;
    const genuine = await isSigned(checkpoint.public_key, checkpoint.text, checkpoint.signature);
    if (genuine === null) return { ...verdict, canCheckSignatures: false };
    const stated = JSON.parse(checkpoint.text) as { number: number; hash: string; removed?: boolean };
    if (!genuine || stated.removed || !hashes.has(stated.number)) continue;
    if (hashes.get(stated.number) !== stated.hash)
      verdict.brokenAt = Math.min(verdict.brokenAt ?? stated.number, stated.number);
    else verdict.signedTo = Math.max(verdict.signedTo, stated.number);
  }
  return verdict;
}
