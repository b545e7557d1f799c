import { cleanup } from "@testing-library/react";
import i18next from "i18next";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { loadWords, setLanguage, startI18n } from "#shared/i18n/i18n.ts";
import { platform } from "./platform.ts";

const areas = Object.keys(import.meta.glob("../shared/i18n/locales/en/*.json")).map((path) =>
  path.slice(path.lastIndexOf("/") + 1, -".json".length),
);

beforeAll(async () => {
  platform.listen({ onUnhandledRequest: "error" });
  if (!i18next.isInitialized) await startI18n();
  await Promise.all(areas.map(loadWords));
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
