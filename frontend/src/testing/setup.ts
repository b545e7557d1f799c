import { cleanup } from "@testing-library/react";
import i18next from "i18next";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { setLanguage, startI18n } from "#shared/i18n/i18n.ts";
import { platform } from "./platform.ts";

beforeAll(async () => {
  platform.listen({ onUnhandledRequest: "error" });
  if (!i18next.isInitialized) await startI18n();
});

beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
});

afterEach(() => {
  cleanup();
  platform.resetHandlers();
});

afterAll(() => platform.close());
