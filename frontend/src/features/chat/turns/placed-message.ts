import type { MessagePage } from "#shared/api/types.ts";

/** A message, and where it stands among those that follow the same one, as far as that is known yet. */
export type PlacedMessage = MessagePage["data"][number];
