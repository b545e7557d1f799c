import { redirect } from "@tanstack/react-router";
import { sessionQuery } from "#features/auth/api.ts";
import { brandQuery } from "#shared/api/brand.ts";
import type { SessionRead } from "#shared/api/types.ts";
import { noteSession, type Services } from "./services.ts";

type Wanting = { context: Services; location: { pathname: string } };

/** Before whatever wants a session: who is signed in, or the way to sign-in and back. */
export async function withSession({ context, location }: Wanting): Promise<{ session: SessionRead }> {
  const session = await context.client.ensureQueryData(sessionQuery());
  if (!session) {
    throw redirect({ to: "/sign-in", search: location.pathname === "/" ? {} : { next: location.pathname } });
  }
  // Also of who came in by a provider, which is another site and told us nothing.
  noteSession(session);
  void context.client.prefetchQuery(brandQuery());
  return { session };
}
