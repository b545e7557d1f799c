import { useCallback, useEffect, useRef } from "react";
import { canOfferPasskeys, offerPasskeys } from "#shared/lib/passkeys.ts";
import { askForPasskey } from "./api.ts";

// A challenge is good for five minutes.
const RENEWED_AFTER_MS = 4 * 60_000;

type Picked = { step: string; credential: unknown };

async function offer(signal: AbortSignal): Promise<Picked | null> {
  if (!(await canOfferPasskeys())) return null;
  while (!signal.aborted) {
    const { step, options } = await askForPasskey();
    const ending = AbortSignal.any([signal, AbortSignal.timeout(RENEWED_AFTER_MS)]);
    const credential = await offerPasskeys(options, ending);
    if (credential !== null) return { step, credential };
    // Refused by the browser and not by the clock: asking again would never end.
    if (!ending.aborted) return null;
  }
  return null;
}

/**
 * Has the browser offer passkeys in the field of the user name while the page waits, and hands on the one that was
 * picked. The returned function takes the offer back: a browser handles one question at a time.
 */
export function usePasskeyOffer(onPicked: (picked: Picked) => void): () => void {
  const waiting = useRef<AbortController | null>(null);
  const latest = useRef(onPicked);
  useEffect(() => {
    latest.current = onPicked;
  });
  useEffect(() => {
    const controller = new AbortController();
    waiting.current = controller;
    offer(controller.signal).then(
      (picked) => picked && !controller.signal.aborted && latest.current(picked),
      // Nobody asked for it, so nobody is told: the button beside says what is wrong.
      () => undefined,
    );
    return () => controller.abort();
  }, []);
  return useCallback(() => waiting.current?.abort(), []);
}
