import { createRouter } from "@tanstack/react-router";
import { adminRoutes } from "./areas/admin.tsx";
import { chatRoutes } from "./areas/chat.tsx";
import { entryRoutes } from "./areas/entry.tsx";
import { libraryRoutes } from "./areas/library.tsx";
import { memoryRoutes } from "./areas/memory.tsx";
import { panelRoutes } from "./areas/panels.tsx";
import { searchRoutes } from "./areas/search.tsx";
import { settingsRoutes } from "./areas/settings.tsx";
import { sharedRoutes } from "./areas/shared.tsx";
import { CrashPage, PendingPage } from "./pages.tsx";
import { root } from "./root-route.ts";
import type { Services } from "./services.ts";
import { workspace } from "./workspace-route.tsx";

const routeTree = root.addChildren([
  ...entryRoutes,
  ...adminRoutes,
  ...sharedRoutes,
  workspace.addChildren([
    ...settingsRoutes,
    ...searchRoutes,
    ...libraryRoutes,
    ...memoryRoutes,
    ...panelRoutes,
    ...chatRoutes,
  ]),
]);

export function createAppRouter(services: Services) {
  return createRouter({
    routeTree,
    context: services,
    defaultErrorComponent: CrashPage,
    defaultPendingComponent: PendingPage,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
