import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { readStored, writeStored } from "#shared/lib/storage.ts";
import en from "./locales/en.json";

/** The languages of the app, each in its own name; a new one is a line here and a file in `locales/`. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

const KEY = "chimera.language";

const loaders: Record<Language, () => Promise<Record<string, unknown>>> = {
  en: async () => en,
  de: async () => (await import("./locales/de.json")).default,
};

export function isLanguage(value: string | null | undefined): value is Language {
  return value !== null && value !== undefined && value in LANGUAGES;
}

/** The reader's own country of a language, where their browser names one: it says how dates are written. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}

function preferred(): Language {
  const stored = readStored(KEY);
  if (isLanguage(stored)) return stored;
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]);
  return wanted.find(isLanguage) ?? "en";
}

async function apply(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await loaders[language]());
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

export async function setLanguage(language: Language): Promise<void> {
  writeStored(KEY, language);
  await apply(language);
}

/** Loads the reader's language; only English is part of the first download. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await apply(preferred());
}
