import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const FILES = ["swagger-ui.css", "swagger-ui-bundle.js"];

/** Puts Swagger UI's own files under `/swagger`, for the server's page at `/docs`. */
export function swaggerUi(): Plugin {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  return {
    name: "swagger-ui",
    apply: "build",
    generateBundle() {
      for (const file of FILES) {
        this.emitFile({ type: "asset", fileName: `swagger/${file}`, source: readFileSync(join(folder, file)) });
      }
    },
  };
}
