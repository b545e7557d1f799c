import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { TestFrame } from "#testing/test-frame.tsx";
import type { Variable } from "./api.ts";
import { VariablesField } from "./variables-field.tsx";

const CITY: Variable = { name: "city", type: "string", required: true, default: null, choices: [], description: "" };

function show(variable: Variable) {
  const kept = { variable };
  function Field() {
    const [variables, setVariables] = useState<readonly Variable[]>([variable]);
    const [first] = variables;
    if (first) kept.variable = first;
    return <VariablesField variables={variables} onChange={setVariables} />;
  }
  render(<Field />, { wrapper: TestFrame });
  return kept;
}

test("choices are typed with their commas and blanks", async () => {
  const kept = show(CITY);
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: /Only one of/ });
  await userEvent.type(field, "New York, Rome, ");
  expect([field.value, kept.variable.choices]).toEqual(["New York, Rome, ", ["New York", "Rome"]]);
  await userEvent.tab();
  expect(field.value).toBe("New York, Rome");
});

test("a number is typed digit by digit, a list sign by sign", async () => {
  const kept = show({ ...CITY, type: "number" });
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Otherwise" });
  await userEvent.type(field, "1.05");
  expect([field.value, kept.variable.default]).toEqual(["1.05", 1.05]);
});
