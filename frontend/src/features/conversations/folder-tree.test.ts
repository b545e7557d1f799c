import { expect, test } from "vitest";
import type { FolderRead } from "#shared/api/schema.d.ts";
import { flattened, folderTree } from "./folder-tree.ts";

function folder(id: string, parent_id: string | null = null): FolderRead {
  return { id, name: id, parent_id, colour: null, icon: null, model: null, system_prompt: null };
}

test("folders lie in each other, by name, and none is lost with its outer folder", () => {
  const nodes = flattened(
    folderTree([folder("b"), folder("a2", "a"), folder("a"), folder("a1", "a"), folder("x", "gone")]),
  );
  expect(nodes.map(({ folder: { id }, depth, path }) => [id, depth, path])).toEqual([
    ["a", 0, "a"],
    ["a1", 1, "a / a1"],
    ["a2", 1, "a / a2"],
    ["b", 0, "b"],
    ["x", 0, "x"],
  ]);
});
