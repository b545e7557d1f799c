import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { root } from "../root-route.ts";

const SharedPage = lazyPage("shares", async () => (await import("#routes/shared-page.tsx")).SharedPage);

/** Outside of the workspace: whoever opens a link may be nobody we know. */
const shared = createRoute({
  getParentRoute: () => root,
  path: "/shared/$token",
  component: function Shared() {
    const { token } = shared.useParams();
    return <SharedPage key={token} token={token} />;
  },
});

export const sharedRoutes = [shared];
