import { expect, test } from "vitest";
import de from "./locales/de.json";
import en from "./locales/en.json";

function entries(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] => {
    const name = path ? `${path}.${key}` : key;
    return typeof value === "string" ? [[name, value]] : entries(value, name);
  });
}

function placeholders(text: string): string[] {
  return (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();
}

test("every language says the same things", () => {
  const names = (locale: object) =>
    entries(locale)
      .map(([name]) => name)
      .toSorted();
  expect(names(de)).toEqual(names(en));
});

test("a translation fills in the same values", () => {
  const english = new Map(entries(en));
  for (const [name, text] of entries(de))
    expect([name, placeholders(text)]).toEqual([name, placeholders(english.get(name) ?? "")]);
});
