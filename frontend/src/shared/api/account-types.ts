// What the platform says of signing in and of one's own account; generated, but for what the browser itself defines.

export type {
  DeviceRead,
  FactorsRead,
  InvitationAccepted,
  PasskeyRead,
  PlaceRead as Place,
  SignInOption,
  TokenFamilyPage,
  TokenFamilyRead,
  TotpCreated,
} from "./schema";

/** A right password that is not enough: what else would do, and the sign-in to bring it to. */
export type StepNeeded = { step: string | null; methods: string[] };

export type PasskeyRequest = { step: string; options: PublicKeyCredentialRequestOptionsJSON };

export type PasskeyCreation = { step: string; options: PublicKeyCredentialCreationOptionsJSON };
