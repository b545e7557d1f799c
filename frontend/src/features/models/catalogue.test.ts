import { expect, test } from "vitest";
import { model } from "#testing/builders.ts";
import { byProvider, chatModels, choose, search, shortTokens } from "./catalogue.ts";

const gpt = model("openai/gpt-5");
const opus = model("anthropic/opus");
const list = { data: [gpt, opus, model("openai/embed", { kind: "embedding" })], default_model: "anthropic/opus" };

test("models that only embed are not offered", () => {
  expect(chatModels(list)).toEqual([gpt, opus]);
});

test("the conversation's own model goes before the last used and the default", () => {
  expect(choose(list, "openai/gpt-5", "anthropic/opus").model).toBe(gpt);
});

test("a new chat takes the last used model, and the default when that is gone", () => {
  expect(choose(list, null, "openai/gpt-5").model).toBe(gpt);
  expect(choose(list, null, "openai/gone").model).toBe(opus);
});

test("a conversation's model that is gone stays named, so that nobody is switched unasked", () => {
  expect(choose(list, "openai/gone", null)).toEqual({ id: "openai/gone", model: null });
});

test("without any model there is no choice", () => {
  expect(choose({ data: [], default_model: null }, null, null)).toEqual({ id: null, model: null });
});

test("every word of a search must be found somewhere", () => {
  expect(search([gpt, opus], "OPEN gpt")).toEqual([gpt]);
  expect(search([gpt, opus], "open opus")).toEqual([]);
});

test("models stand by provider in the server's order", () => {
  const mini = model("openai/mini");
  expect(byProvider([gpt, opus, mini])).toEqual([
    ["openai", [gpt, mini]],
    ["anthropic", [opus]],
  ]);
});

test.each([
  [512, "512"],
  [8192, "8K"],
  [200_000, "200K"],
  [1_048_576, "1M"],
  [1_500_000, "1.5M"],
])("%d tokens are said as %s", (count, said) => {
  expect(shortTokens(count)).toBe(said);
});
