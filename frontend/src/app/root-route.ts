import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { NotFoundPage } from "./pages.tsx";
import type { Services } from "./services.ts";

export const root = createRootRouteWithContext<Services>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});
