import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { model } from "#testing/builders.ts";
import { platform } from "#testing/platform.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { ModelPicker } from "./model-picker.tsx";

const gpt = model("openai/gpt-5");
const opus = model("anthropic/opus");
const looks = vi.fn();

beforeEach(() => {
  looks.mockClear();
  platform.use(
    http.get("*/api/v1/models", () => {
      looks();
      return HttpResponse.json({ data: [gpt, opus], default_model: null });
    }),
  );
});

function show() {
  const onPick = vi.fn();
  const choice = { id: gpt.id, model: gpt };
  render(<ModelPicker models={[gpt, opus]} choice={choice} onPick={onPick} />, { wrapper: TestFrame });
  return onPick;
}

test("a model is found and picked by keyboard alone", async () => {
  const onPick = show();
  screen.getByRole("button", { name: /^Model: ?gpt-5/ }).focus();
  await userEvent.keyboard("{Enter}opus{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith(opus);
  expect(screen.queryByRole("listbox")).toBeNull();
});

test("the arrows move through the list and the field says where they are", async () => {
  const onPick = show();
  await userEvent.click(screen.getByRole("button", { name: /^Model/ }));
  const field = screen.getByRole("combobox", { name: "Search models" });
  await userEvent.keyboard("{ArrowDown}");
  const active = document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
  expect(active?.textContent).toContain("opus");
  await userEvent.keyboard("{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith(opus);
});

test("a search without a match says so", async () => {
  show();
  await userEvent.click(screen.getByRole("button", { name: /^Model/ }));
  await userEvent.keyboard("zebra");
  expect(screen.getByText("No model matches “zebra”.")).toBeDefined();
});

test("the list says which models rest after failures, and whoever opens it looks again", async () => {
  const models = [
    { ...gpt, circuit: "open" as const },
    { ...opus, circuit: "half_open" as const },
  ];
  render(<ModelPicker models={models} choice={{ id: gpt.id, model: gpt }} onPick={vi.fn()} />, { wrapper: TestFrame });
  expect(looks).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: /^Model/ }));
  expect(screen.getByRole("option", { name: /gpt-5.*Resting after failures/ })).toBeDefined();
  expect(screen.getByRole("option", { name: /opus.*Failed, may be tried again/ })).toBeDefined();
  await vi.waitFor(() => expect(looks).toHaveBeenCalledOnce());
});
