import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "../lazy-page.tsx";
import { workspace } from "../workspace-route.tsx";

const pages = () => import("#routes/library-pages.tsx");
const LibraryPage = lazyPage("library", async () => (await pages()).LibraryPage);
const PromptPage = lazyPage("library", async () => (await pages()).PromptPage);
const PersonaPage = lazyPage("library", async () => (await pages()).PersonaPage);

const prompts = createRoute({
  getParentRoute: () => workspace,
  path: "/library/prompts",
  component: function Prompts() {
    return <LibraryPage kind="prompts" />;
  },
});

const personas = createRoute({
  getParentRoute: () => workspace,
  path: "/library/personas",
  component: function Personas() {
    return <LibraryPage kind="personas" />;
  },
});

const prompt = createRoute({
  getParentRoute: () => workspace,
  path: "/library/prompts/$id",
  component: function Prompt() {
    return <PromptPage id={prompt.useParams().id} session={prompt.useRouteContext().session} />;
  },
});

const persona = createRoute({
  getParentRoute: () => workspace,
  path: "/library/personas/$id",
  component: function Persona() {
    return <PersonaPage id={persona.useParams().id} session={persona.useRouteContext().session} />;
  },
});

export const libraryRoutes = [prompts, personas, prompt, persona];
