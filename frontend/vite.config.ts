import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { brotli } from "./brotli.ts";
import { swaggerUi } from "./swagger-ui.ts";

const backend = { target: "http://127.0.0.1:8000", changeOrigin: false };

export default defineConfig({
  plugins: [react(), tailwindcss(), swaggerUi(), brotli()],
  // Into the Python package: the server serves it from there, and a wheel carries it.
  build: { target: "es2022", sourcemap: false, outDir: "../src/chimera/web/built", emptyOutDir: true },
  server: {
    proxy: { "/api": backend, "/v1": backend, "/health": backend, "/docs": backend, "/openapi.json": backend },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["./src/testing/setup.ts"],
    restoreMocks: true,
  },
});
