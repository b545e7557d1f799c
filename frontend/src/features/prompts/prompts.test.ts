import { expect, test } from "vitest";
import { EMPTY_DRAFT, namesIn, sentBody, sentProfile, valuesOf, variablesOf } from "./prompt-draft.ts";

test("variables are found in every part, and words of the language, filters, texts and loops are none", () => {
  const text =
    '{% if formal and lines > 3 %}{{ city | upper }}{% endif %}{% for row in rows %}{{ row.name }}{{ "a b" }}{% endfor %}';
  const draft = { ...EMPTY_DRAFT, identity: "You guide in {{ town }}.", text, constraints: "No {{ thing }}" };
  expect(namesIn(draft)).toEqual(["town", "formal", "lines", "city", "rows", "thing"]);
});

test("a variable keeps what was said of it, and goes with its last place in the texts", () => {
  const [city] = variablesOf({ ...EMPTY_DRAFT, text: "{{ city }}" });
  if (!city) throw new Error("there is one");
  const kept = { ...city, type: "integer" as const };
  expect(variablesOf({ ...EMPTY_DRAFT, text: "{{ city }} {{ new }}", variables: [kept] })).toMatchObject([
    { name: "city", type: "integer" },
    { name: "new", type: "string", required: true },
  ]);
  expect(variablesOf({ ...EMPTY_DRAFT, variables: [kept] })).toEqual([]);
});

test("values are typed as their variables want them, and what was left open is not sent", () => {
  const shared = { required: true, default: null, choices: [], description: "" };
  const variables = [
    { name: "a", type: "integer" as const, ...shared },
    { name: "b", type: "boolean" as const, ...shared },
    { name: "c", type: "string" as const, ...shared },
    { name: "d", type: "list" as const, ...shared },
  ];
  expect(valuesOf(variables, { a: "3", b: "false", c: "", d: "not json" })).toEqual({ a: 3, b: false, d: "not json" });
});

test("lists are one to a line, labels by commas, and empty examples are left out", () => {
  const examples = [
    { key: 0, input: "2+2", output: "4" },
    { key: 1, input: " ", output: "" },
  ];
  const body = sentBody({ ...EMPTY_DRAFT, guidelines: " be brief \n\nbe kind", examples });
  expect(body.sections?.guidelines).toEqual(["be brief", "be kind"]);
  expect(body.examples).toEqual([{ input: "2+2", output: "4" }]);
  const profile = { name: " x ", description: "", tags: "a, b,, a", command: "", sharing: "private" as const };
  expect(sentProfile(profile)).toMatchObject({ name: "x", tags: ["a", "b"] });
});
