import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { AT_ONCE, askedAtOnce } from "./at-once.ts";
import { brotli } from "./brotli.ts";
import { frames, leanFonts } from "./frames.ts";
import { swaggerUi } from "./swagger-ui.ts";

const backend = { target: "http://127.0.0.1:8000", changeOrigin: false };

export default defineConfig({
  plugins: [react(), tailwindcss(), swaggerUi(), frames(), leanFonts(), askedAtOnce(), brotli()],
  // Into the Python package: the server serves it from there, and a wheel carries it.
  build: {
    target: "es2022",
    sourcemap: false,
    outDir: "../src/chimera/web/built",
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        // Each file is a request and an element of the head: what is small and everywhere is not cut finely.
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"], test: /^(?!.*\/src\/frames\/)/, priority: 3 },
            { name: "radix", test: /node_modules\/@(radix|floating)-ui\//, minShareCount: 2, priority: 2 },
            { name: "markdown", test: /node_modules\/(marked|react-markdown|remark-gfm|remend)\//, priority: 2 },
            // With all that they import.
            { name: "chat", test: AT_ONCE, priority: 1 },
            { name: "icons", test: /node_modules\/lucide-react\//, minShareCount: 2 },
            { name: "interface", test: /src\/shared\/(api|lib|ui)\//, minShareCount: 4 },
          ],
        },
      },
    },
    // The content policy takes no font from within a style sheet.
    assetsInlineLimit: (file) => (file.endsWith(".woff2") ? false : undefined),
  },
  server: {
    proxy: {
      "/api": backend,
      "/v1": backend,
      "/health": backend,
      "/docs": backend,
      "/frames": backend,
      "/openapi.json": backend,
    },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["./src/testing/setup.ts"],
    restoreMocks: true,
  },
});
