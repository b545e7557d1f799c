import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { ApiError } from "#shared/api/errors.ts";
import { setLanguage } from "#shared/i18n/i18n.ts";
import { problem } from "#testing/builders.ts";
import { ProblemNote } from "./problem-note.tsx";

test("a known code is a sentence and what to do; the request waits behind the details", () => {
  render(<ProblemNote error={ApiError.fromProblem(problem("context_too_long"))} />);
  expect(screen.getByText("This conversation is too long for the model.")).toBeDefined();
  expect(screen.getByText("req-1").closest("details")?.open).toBe(false);
});

test("a code newer than the app falls back on the server's own sentence", () => {
  render(<ProblemNote error={ApiError.fromProblem(problem("moon_full", { detail: "The moon is full." }))} />);
  expect(screen.getByText("The moon is full.")).toBeDefined();
});

test("the wait that the server names is the advice", () => {
  render(<ProblemNote error={ApiError.fromProblem(problem("provider_busy", { retry_after_s: 1.2 }))} />);
  expect(screen.getByText("Try again in 2 seconds.")).toBeDefined();
});

test("errors speak the reader's language", async () => {
  await setLanguage("de");
  render(<ProblemNote error={ApiError.network(null)} />);
  expect(screen.getByText("Der Server ist nicht erreichbar.")).toBeDefined();
});
