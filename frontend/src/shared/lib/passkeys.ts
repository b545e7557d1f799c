import { ApiError } from "#shared/api/errors.ts";

/** What a browser refuses with, and what we call it: the app's own error codes. */
const CODES: Record<string, string> = {
  NotAllowedError: "passkey_abandoned",
  SecurityError: "passkey_elsewhere",
  InvalidStateError: "passkey_known",
};

function refused(thrown: unknown): ApiError {
  const name = thrown instanceof Error ? thrown.name : "";
  const detail = thrown instanceof Error ? thrown.message : "";
  return new ApiError({ code: CODES[name] ?? "passkey_failed", status: 0, detail });
}

function jsonOf(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON();
  throw new ApiError({ code: "passkey_failed", status: 0, detail: "" });
}

/** Whether passkeys can work here at all: a recent browser, a safe connection, and a name rather than a bare address. */
export function canUsePasskeys(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function" &&
    !/^[\d.]+$|^\[/.test(window.location.hostname)
  );
}

/**
 * Has an authenticator make a passkey; the answer is for the server.
 *
 * Raises an ApiError that says why there is none: given up, known already, or another site's.
 */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return jsonOf(
    await navigator.credentials.create({ publicKey }).catch((thrown: unknown) => {
      throw refused(thrown);
    }),
  );
}

/** Has an authenticator sign. Raises an ApiError likewise. */
export async function signWithPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return jsonOf(
    await navigator.credentials.get({ publicKey }).catch((thrown: unknown) => {
      throw refused(thrown);
    }),
  );
}

/** Whether the browser offers passkeys where a user name is typed. */
export async function canOfferPasskeys(): Promise<boolean> {
  if (!canUsePasskeys() || typeof PublicKeyCredential.isConditionalMediationAvailable !== "function") return false;
  return PublicKeyCredential.isConditionalMediationAvailable();
}

/** Offers passkeys where a user name is typed, until one is picked or `signal` ends it; null where none was picked. */
export async function offerPasskeys(
  options: PublicKeyCredentialRequestOptionsJSON,
  signal: AbortSignal,
): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  try {
    return jsonOf(await navigator.credentials.get({ publicKey, mediation: "conditional", signal }));
  } catch {
    return null;
  }
}
