import { createRoute } from "@tanstack/react-router";
import { askedOf } from "#features/search/asked.ts";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const SearchPage = lazyPage("places", async () => (await import("#routes/search-page.tsx")).SearchPage);
const PrintPage = lazyPage("places", async () => (await import("#routes/print-page.tsx")).PrintPage);

const search = createRoute({
  getParentRoute: () => workspace,
  path: "/search",
  validateSearch: askedOf,
  component: SearchPage,
});

const print = createRoute({
  getParentRoute: () => workspace,
  path: "/c/$conversationId/print",
  component: function Print() {
    return <PrintPage conversationId={print.useParams().conversationId} />;
  },
});

export const searchRoutes = [search, print];
