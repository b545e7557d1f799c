import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

/** Formulas inside of diagrams: the app sets formulas itself, and their fonts would be needed in the frame as well. */
const LEFT_OUT = /^katex-/;
const PAGE = `<!doctype html>
<html><head><meta charset="utf-8"><title>Diagram</title><link rel="stylesheet" href="./diagram.css"></head>
<body><main id="diagram"></main><script type="module" src="./diagram.js"></script></body></html>
`;
const STYLE = `html { color-scheme: light dark; background: transparent; }
body { margin: 0; overflow: auto; }
main { display: flow-root; padding: 16px; }
svg { display: block; margin-inline: auto; height: auto; }
`;

/** Puts the page in which diagrams are drawn under `/frames`, with the parts of Mermaid beside it, each fetched when needed. */
export function frames(): Plugin {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mermaid/package.json")), "dist");
  const chunks = "chunks/mermaid.esm.min";
  return {
    name: "frames",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: "/src/frames/diagram.ts", fileName: "frames/diagram.js" });
    },
    generateBundle() {
      const emit = (name: string, source: string | Uint8Array) =>
        this.emitFile({ type: "asset", fileName: `frames/${name}`, source });
      emit("diagram.html", PAGE);
      emit("diagram.css", STYLE);
      emit("mermaid/mermaid.esm.min.mjs", readFileSync(join(folder, "mermaid.esm.min.mjs")));
      for (const name of readdirSync(join(folder, chunks))) {
        if (!name.endsWith(".mjs") || LEFT_OUT.test(name)) continue;
        emit(`mermaid/${chunks}/${name}`, readFileSync(join(folder, chunks, name)));
      }
    },
  };
}

/** Browsers that run this app read WOFF2: the other two forms of KaTeX's fonts stay out. */
export function leanFonts(): Plugin {
  return {
    name: "lean-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!/katex(\.min)?\.css/.test(id)) return null;
      return code.replace(/,\s*url\([^)]*\)\s*format\("(woff|truetype)"\)/g, "");
    },
  };
}
