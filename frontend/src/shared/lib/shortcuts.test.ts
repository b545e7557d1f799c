import { expect, test } from "vitest";
import { bind, bindings, keyNames, keysOf, worksWhileWriting } from "./shortcuts.ts";

const held = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("keys are told alike on every keyboard", () => {
  expect(keysOf({ ...held, key: "K", ctrlKey: true, shiftKey: true })).toBe("mod+shift+k");
  expect(keysOf({ ...held, key: "k", metaKey: true })).toBe("mod+k");
  expect(keysOf({ ...held, key: "?", shiftKey: true })).toBe("?");
  expect(keysOf({ ...held, key: "Control", ctrlKey: true })).toBeNull();
  expect(keyNames("mod+shift+k")).toEqual(["Ctrl", "Shift", "K"]);
  expect(keyNames("mod++")).toEqual(["Ctrl", "+"]);
});

test("only keys that write nothing work while somebody writes", () => {
  expect(["mod+k", "f2", "alt+x"].filter((keys) => !worksWhileWriting(keys))).toEqual([]);
  expect(["?", "x", "shift+x"].filter(worksWhileWriting)).toEqual([]);
});

test("other keys are kept in the browser, and what is damaged there does no harm", () => {
  bind("palette", "mod+p");
  expect(bindings().palette).toBe("mod+p");
  expect(localStorage.getItem("chimera.shortcuts")).toBe('{"palette":"mod+p"}');
  bind("palette", null);
  expect(localStorage.getItem("chimera.shortcuts")).toBeNull();
  localStorage.setItem("chimera.shortcuts", "{");
  expect(bindings().palette).toBe("mod+k");
  localStorage.setItem("chimera.shortcuts", '{"palette":5,"other":"x"}');
  expect(bindings()).not.toHaveProperty("other");
  expect(bindings().palette).toBe("mod+k");
});
