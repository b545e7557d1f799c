import { Plus } from "lucide-react";
import { expect, test } from "vitest";
import { type Choice, fitting } from "./choices.ts";

function choice(label: string, words = ""): Choice {
  return { id: label, label, words, icon: Plus, onPick: () => undefined };
}

test("all words must be there, and what begins with them comes first", () => {
  const groups = [{ label: "Pages", choices: [choice("Open memory"), choice("Memory"), choice("Café", "coffee")] }];
  const found = (q: string) => fitting(groups, q).flatMap((group) => group.choices.map((one) => one.label));
  expect(found("mem")).toEqual(["Memory", "Open memory"]);
  expect(found("cafe COFF")).toEqual(["Café"]);
  expect(found("nothing")).toEqual([]);
});

test("what the server found stays as it came, and long groups are cut", () => {
  const groups = [{ label: "Chats", fits: true, most: 1, choices: [choice("b"), choice("a")] }];
  expect(fitting(groups, "z")[0]?.choices.map((one) => one.label)).toEqual(["b"]);
});
