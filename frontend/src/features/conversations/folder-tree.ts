import type { FolderRead } from "#shared/api/schema.d.ts";

export type FolderNode = {
  folder: FolderRead;
  depth: number;
  /** Its name behind those of the folders around it. */
  path: string;
  inside: FolderNode[];
};

/** Folders as they lie in each other, by name. Those whose outer folder is gone stand at the top. */
export function folderTree(folders: readonly FolderRead[]): FolderNode[] {
  const known = new Set(folders.map((folder) => folder.id));
  const within = (parent: string | null, depth: number, around: string): FolderNode[] =>
    folders
      .filter((folder) => (folder.parent_id && known.has(folder.parent_id) ? folder.parent_id : null) === parent)
      .toSorted((one, other) => one.name.localeCompare(other.name))
      .map((folder) => {
        const path = around ? `${around} / ${folder.name}` : folder.name;
        return { folder, depth, path, inside: within(folder.id, depth + 1, path) };
      });
  return within(null, 0, "");
}

/** All of a tree, each folder before what lies in it. */
export function flattened(nodes: readonly FolderNode[]): FolderNode[] {
  return nodes.flatMap((node) => [node, ...flattened(node.inside)]);
}
