import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const MemoryPage = lazyPage("memory", async () => (await import("#routes/memory-page.tsx")).MemoryPage);

type MemorySearch = { ids?: string };

/** Those that an answer was shown: its report leads here. */
function memorySearch({ ids }: Record<string, unknown>): MemorySearch {
  return typeof ids === "string" && /^[\da-f,-]{36,1200}$/i.test(ids) ? { ids } : {};
}

const memory = createRoute({
  getParentRoute: () => workspace,
  path: "/memory",
  validateSearch: memorySearch,
  component: function Memory() {
    // The router hands on what does not fit as well.
    const { ids } = memorySearch(memory.useSearch());
    return <MemoryPage ids={ids ? ids.split(",") : []} />;
  },
});

export const memoryRoutes = [memory];
