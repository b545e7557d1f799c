import { expect, test } from "vitest";
import { LANGUAGES } from "./i18n.ts";

type Words = Record<string, unknown>;

const files = import.meta.glob<Words>("./locales/*/*.json", { import: "default", eager: true });
const translations = Object.keys(LANGUAGES).filter((language) => language !== "en");

function entries(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] => {
    const name = path ? `${path}.${key}` : key;
    return typeof value === "string" ? [[name, value]] : entries(value, name);
  });
}

/** All that is said in a language, by its key; an area's file is named in front, so that keys stay where they are. */
function said(language: string): Map<string, string> {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`./locales/${language}/`));
  return new Map(own.flatMap(([path, words]) => entries(words, path.split("/").at(-1))));
}

function placeholders(text: string): string[] {
  return (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();
}

test.each(translations)("%s says the same things as English", (language) => {
  expect([...said(language).keys()].toSorted()).toEqual([...said("en").keys()].toSorted());
});

test.each(translations)("%s fills in the same values as English", (language) => {
  const english = said("en");
  for (const [name, text] of said(language))
    expect([name, placeholders(text)]).toEqual([name, placeholders(english.get(name) ?? "")]);
});

test("no two areas say something under one name", () => {
  const names = [...said("en").keys()].map((name) => name.slice(name.indexOf(".json.")));
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
});
