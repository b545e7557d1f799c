import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { isolated } from "#shared/lib/isolated.ts";
import { readStored, writeStored } from "#shared/lib/storage.ts";

/** The languages of the app, each in its own name; a new one is a line here and a folder in `locales/`. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

type Words = Record<string, unknown>;

const KEY = "chimera.language";
const NAMESPACE = "translation";

// All files are one namespace, so that a key is written the same way everywhere. What a chat says is in the first
// download, in English; other languages are fetched.
const first = import.meta.glob<Words>("./locales/en/{chat,common,places}.json", { import: "default", eager: true });
const files = import.meta.glob<Words>(["./locales/*/*.json", "!./locales/en/{chat,common,places}.json"], {
  import: "default",
});
const areas = new Set(["chat", "common", "places"]);

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

async function load(language: string, area: string): Promise<void> {
  const words = await files[`./locales/${language}/${area}.json`]?.();
  if (words) i18next.addResourceBundle(language, NAMESPACE, words, true);
}

async function apply(language: Language): Promise<void> {
  await Promise.all([...areas].map((area) => load(language, area)));
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

export async function setLanguage(language: Language): Promise<void> {
  writeStored(KEY, language);
  await apply(language);
}

/** Loads what an area says, `locales/<language>/<area>.json`, in the language spoken now; later ones bring it along. */
export async function loadWords(area: string): Promise<void> {
  if (areas.has(area)) return;
  await load(i18next.language, area);
  areas.add(area);
}

/** Loads the reader's language. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: {},
    // React takes care of markup; what is left is the direction in which the sentence around a name is written.
    interpolation: { escape: isolated },
    returnNull: false,
  });
  for (const words of Object.values(first)) i18next.addResourceBundle("en", NAMESPACE, words, true);
  await apply(preferred());
}
