import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createWaiting } from "#features/chat/outbox/waiting.ts";
import { awaitedRunner } from "#features/chat/turns/awaited-runner.ts";
import { createLiveTurns } from "#features/chat/turns/live-turns.ts";
import { startI18n } from "#shared/i18n/i18n.ts";
import { askAhead } from "./ahead.ts";
import { App } from "./app.tsx";
import { createQueryClient } from "./query-client.ts";
import { createAppRouter } from "./router.tsx";
import { type Services, watchUser } from "./services.ts";

function createServices(): Services {
  const client = createQueryClient();
  const store = createLiveTurns();
  const waiting = createWaiting();
  return { client, turns: { store, waiting, runner: awaitedRunner(client, store, waiting) } };
}

/** Builds the app from its parts and shows it. */
export async function start(element: HTMLElement): Promise<void> {
  const services = createServices();
  const router = createAppRouter(services);
  askAhead(router, services);
  // Anew from the start: nothing on this page may be of one and sent as the other.
  watchUser(() => window.location.assign("/"));
  await startI18n();
  createRoot(element).render(
    <StrictMode>
      <App router={router} services={services} />
    </StrictMode>,
  );
}
