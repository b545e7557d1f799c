import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Direction } from "radix-ui";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { TurnsContext } from "#features/chat/turns/turns-context.ts";
import { sessionLost } from "#shared/api/client.ts";
import { keys } from "#shared/api/keys.ts";
import { Tips } from "#shared/ui/tips.tsx";
import { Toasts } from "#shared/ui/toasts.tsx";
import type { AppRouter } from "./router.tsx";
import type { Services } from "./services.ts";

/** Leads back to sign-in from anywhere; the drafts stay. */
function useLostSession(router: AppRouter, { client }: Services): void {
  useEffect(() => {
    const onLost = () => {
      const { location, resolvedLocation } = router.state;
      // Before the first page stands nobody was in, and to lead to sign-in is up to its route.
      if (!resolvedLocation || location.pathname === "/sign-in") return;
      client.setQueryData(keys.session, null);
      void router.navigate({ to: "/sign-in", search: { next: location.pathname, why: "lost" } });
    };
    sessionLost.addEventListener("lost", onLost);
    return () => sessionLost.removeEventListener("lost", onLost);
  }, [router, client]);
}

export function App({ router, services }: { router: AppRouter; services: Services }) {
  const { i18n } = useTranslation();
  useLostSession(router, services);
  return (
    <QueryClientProvider client={services.client}>
      <TurnsContext value={services.turns}>
        <Direction.Provider dir={i18n.dir()}>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
          <Tips />
        </Direction.Provider>
      </TurnsContext>
    </QueryClientProvider>
  );
}
