// What the platform says of signing in and of one's own account; by hand, like `types.ts`.

/** A right password that is not enough: what else would do, and the sign-in to bring it to. */
export type StepNeeded = { step: string | null; methods: string[] };

/** A secret for an authenticator app, shown once: to be typed in, or as the address of a QR code. */
export type TotpCreated = { secret: string; address: string };

export type PasskeyRequest = { step: string; options: PublicKeyCredentialRequestOptionsJSON };

export type SignInOption = { id: string; name: string };

export type InvitationAccepted = { tenant_id: string; tenant_name: string; user_id: string; email: string };

export type PasskeyCreation = { step: string; options: PublicKeyCredentialCreationOptionsJSON };

export type Place = { tenant_id: string; tenant_name: string; user_id: string; role: string; current: boolean };

export type FactorsRead = { totp_since: string | null; recovery_codes_left: number; passkeys: number };

export type PasskeyRead = {
  id: string;
  name: string;
  backed_up: boolean;
  created_at: string;
  last_used_at: string | null;
};

export type DeviceRead = {
  id: string;
  method: string;
  address: string;
  user_agent: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  is_this_one: boolean;
};
