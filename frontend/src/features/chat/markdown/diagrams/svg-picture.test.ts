import { expect, test } from "vitest";
import { svgPicture } from "./svg-picture.ts";

test("an SVG is a picture in a page that loads nothing else", () => {
  const picture = svgPicture('<svg viewBox="0 0 200 100"><script>alert(1)</script></svg>', 'a "picture"');
  expect(picture).toMatchObject({ width: 200, height: 100 });
  const page = new DOMParser().parseFromString(picture?.page ?? "", "text/html");
  expect(page.querySelector("script, svg")).toBeNull();
  expect(page.querySelector("img")?.alt).toBe('a "picture"');
  expect(page.querySelector("img")?.src).toMatch(/^data:image\/svg\+xml,%3Csvg%20xmlns/);
});

test.each([
  ['<svg width="2000" height="1000"/>', 640, 320],
  ['<svg width="100%" viewBox="0 0 50 50"/>', 50, 50],
  ["<svg/>", 300, 150],
  ['<svg width="0" height="1e9"/>', 300, 150],
])("%s is shown within bounds", (code, width, height) => {
  expect(svgPicture(code, "")).toMatchObject({ width, height });
});

test("what is no SVG has no picture", () => {
  expect(svgPicture("<p>no</p>", "")).toBeNull();
});
