import { queryOptions } from "@tanstack/react-query";
import type {
  DeviceRead,
  FactorsRead,
  PasskeyCreation,
  PasskeyRead,
  TokenFamilyPage,
  TokenFamilyRead,
  TotpCreated,
} from "#shared/api/account-types.ts";
import { json, send } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import { makePasskey } from "#shared/lib/passkeys.ts";

export function factorsQuery() {
  return queryOptions({ queryKey: keys.factors, queryFn: ({ signal }) => json<FactorsRead>("/factors", { signal }) });
}

export function passkeysQuery() {
  return queryOptions({
    queryKey: keys.passkeys,
    queryFn: async ({ signal }) => (await json<{ data: PasskeyRead[] }>("/passkeys", { signal })).data,
  });
}

export function devicesQuery() {
  return queryOptions({
    queryKey: keys.devices,
    queryFn: async ({ signal }) => (await json<{ data: DeviceRead[] }>("/sessions", { signal })).data,
  });
}

/** All of them: what is not seen cannot be ended. */
export function tokensQuery() {
  return queryOptions({
    queryKey: keys.tokens,
    queryFn: async ({ signal }) => {
      const all: TokenFamilyRead[] = [];
      let cursor: string | undefined;
      do {
        const page = await json<TokenFamilyPage>("/token-families", { signal, query: { limit: 100, cursor } });
        all.push(...page.data);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      return all;
    },
  });
}

/** Proves again who one is: factors may be changed for the next ten minutes. */
export function prove(password: string): Promise<void> {
  return send("/session/proof", { method: "POST", body: { password } });
}

export function changePassword(change: { old_password: string; new_password: string }): Promise<void> {
  return send("/password", { method: "POST", body: change });
}

export function askToVerifyEmail(): Promise<void> {
  return send("/email/verification", { method: "POST" });
}

export function beginTotp(): Promise<TotpCreated> {
  return json("/factors/totp", { method: "POST" });
}

export function confirmTotp(code: string): Promise<void> {
  return send("/factors/totp/confirm", { method: "POST", body: { code: code.replaceAll(/\s/g, "") } });
}

export function removeTotp(): Promise<void> {
  return send("/factors/totp", { method: "DELETE" });
}

export async function makeRecoveryCodes(): Promise<string[]> {
  return (await json<{ codes: string[] }>("/factors/recovery-codes", { method: "POST" })).codes;
}

export function beginPasskey(): Promise<PasskeyCreation> {
  return json("/passkey-registration", { method: "POST" });
}

/** Has the authenticator make what was begun, and the server keep it. */
export async function addPasskey({ step, options }: PasskeyCreation, name: string): Promise<PasskeyRead> {
  const credential = await makePasskey(options);
  return json("/passkeys", { method: "POST", body: { step, name, credential } });
}

export function renamePasskey(id: string, name: string): Promise<PasskeyRead> {
  return json(`/passkeys/${id}`, { method: "PATCH", body: { name } });
}

export function removePasskey(id: string): Promise<void> {
  return send(`/passkeys/${id}`, { method: "DELETE" });
}

export function endSession(id: string): Promise<void> {
  return send(`/sessions/${id}`, { method: "DELETE" });
}

export function endOtherSessions(): Promise<void> {
  return send("/sessions", { method: "DELETE" });
}

export function endTokens(id: string): Promise<void> {
  return send(`/token-families/${id}`, { method: "DELETE" });
}
