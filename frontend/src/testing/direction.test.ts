// Where text runs from right to left the app is its own mirror image: it knows starts and ends, no left and right.
import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../**/*.tsx", "../**/*.css", "!../**/*.test.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** In the middle there is no side; and a place that was measured in the window is one. */
const MEANT = /\bleft-1\/2\b|\bfixed top-0 left-0\b/g;
const CLASS =
  /(?<![\w-])-?(?:(?:m|p|scroll-m|scroll-p)[lr]-[\w[]|(?:left|right)-[\d[]|rounded-(?:l|r|tl|tr|bl|br)\b|border-[lr]\b|text-(?:left|right)\b|(?:float|clear)-(?:left|right)\b)/;
const PROPERTY =
  /(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:\s*[\d-]|text-align\s*:\s*(?:left|right)|(?:margin|padding)(?:Left|Right)\b)/;
/** These point somewhere: they are turned round with the text, or stand where the text is not turned. */
const POINTING = /<(?:Arrow|Chevron|Chevrons)(?:Left|Right)\b.*?\/>/gs;

test("nothing is placed to the left or to the right", () => {
  const found = Object.entries(sources).flatMap(([file, source]) =>
    source
      .replace(MEANT, "")
      .split("\n")
      .filter((line) => CLASS.test(line) || PROPERTY.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(Object.keys(sources).length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

test("arrows point where the text goes", () => {
  const found = Object.entries(sources).flatMap(([file, source]) =>
    [...source.matchAll(POINTING)]
      .map(([icon]) => icon)
      .filter((icon) => !icon.includes("rtl:"))
      .map((icon) => `${file}: ${icon}`),
  );
  expect(found).toEqual([]);
});
