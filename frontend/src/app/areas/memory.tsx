import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const MemoryPage = lazyPage("memory", async () => (await import("#routes/memory-page.tsx")).MemoryPage);

type MemorySearch = { ids?: string };

const memory = createRoute({
  getParentRoute: () => workspace,
  path: "/memory",
  // Those that an answer was shown: its report leads here.
  validateSearch: ({ ids }: Record<string, unknown>): MemorySearch =>
    typeof ids === "string" && /^[\da-f,-]{36,1200}$/i.test(ids) ? { ids } : {},
  component: function Memory() {
    const { ids } = memory.useSearch();
    return <MemoryPage ids={ids ? ids.split(",") : []} />;
  },
});

export const memoryRoutes = [memory];
