import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const PanelFormPage = lazyPage("panels", async () => (await import("#routes/panel-form-page.tsx")).PanelFormPage);

const newPanel = createRoute({
  getParentRoute: () => workspace,
  path: "/panels/new",
  component: function NewPanel() {
    return <PanelFormPage conversationId={null} />;
  },
});

const changePanel = createRoute({
  getParentRoute: () => workspace,
  path: "/c/$conversationId/panel",
  component: function ChangePanel() {
    const { conversationId } = changePanel.useParams();
    return <PanelFormPage key={conversationId} conversationId={conversationId} />;
  },
});

export const panelRoutes = [newPanel, changePanel];
