type Node = { type: string; value?: string; children?: Node[] };

function plain(node: Node): Node {
  if (node.type === "html") {
    return /^<br\s*\/?>$/i.test(node.value?.trim() ?? "")
      ? { type: "break" }
      : { type: "text", value: node.value ?? "" };
  }
  return node.children ? { ...node, children: node.children.map(plain) } : node;
}

/** A remark plugin: HTML in a model's answer is shown as the text it is; only a line break breaks the line. */
export function plainHtml(): (tree: Node) => Node {
  return plain;
}
