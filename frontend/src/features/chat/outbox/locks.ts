// Who of this browser's tabs does something. Where there are no locks (an address without TLS) every tab may: the
// server says a message once, whoever sends it.

/** Does something while no other tab holds the name; does nothing, and says so, where one does. */
export async function alone(name: string, act: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) {
    await act();
    return true;
  }
  return await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await act();
    return lock !== null;
  });
}

/** A version-4 UUID, also where `crypto.randomUUID` is kept from pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
