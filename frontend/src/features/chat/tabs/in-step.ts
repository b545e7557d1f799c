// Keeps this tab in step with the others: what changed elsewhere is read again here.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Turns } from "#features/chat/turns/turns-context.ts";
import { keys } from "#shared/api/keys.ts";
import type { MessagePage } from "#shared/api/types.ts";
import { type Changed, overhear } from "./overhear.ts";

/** Several changes come together: a first message makes a conversation, says something, and names it. */
const TOGETHER_MS = 80;

export function keepInStep(client: QueryClient, { store, runner }: Turns): () => void {
  let changed: Set<string> | null = new Set();
  let shelved = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Changed while an answer of theirs was followed here, which shows it; but not whether another one has begun. */
  const followed = new Set<string>();

  const lookAgain = () => {
    const ids = changed;
    changed = new Set();
    const shelves = ids === null || shelved ? [keys.folders, keys.tags] : [];
    shelved = false;
    for (const queryKey of [keys.conversations, ...shelves]) void client.invalidateQueries({ queryKey });
    for (const id of ids ?? openOnes(client)) {
      if (store.get(id)) {
        followed.add(id);
        continue;
      }
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      void client.invalidateQueries({ queryKey: keys.messages(id) });
    }
  };
  const note = (ids: Changed) => {
    shelved ||= ids?.length === 0;
    changed = ids && changed ? new Set([...changed, ...ids]) : null;
    clearTimeout(timer);
    timer = setTimeout(lookAgain, TOGETHER_MS);
  };
  const lookAfter = async (id: string) => {
    await client.invalidateQueries({ queryKey: keys.conversation(id) });
    if (!store.get(id) && isGrowing(client, id)) void client.invalidateQueries({ queryKey: keys.messages(id) });
  };
  const rest = store.state.subscribe(() => {
    for (const id of followed) if (!store.get(id) && followed.delete(id)) void lookAfter(id);
  });
  const end = overhear({ onChanged: note, onHearing: () => runner.hurry() });
  return () => {
    clearTimeout(timer);
    rest();
    end();
  };
}

/** The conversations that are known here. */
function openOnes(client: QueryClient): Set<string> {
  const known = client.getQueryCache().findAll({ queryKey: ["conversation"] });
  return new Set(known.flatMap(({ queryKey: [, id] }) => (typeof id === "string" ? [id] : [])));
}

/** Whether an answer is shown as being written. */
function isGrowing(client: QueryClient, id: string): boolean {
  const known = client.getQueriesData<InfiniteData<MessagePage>>({ queryKey: keys.messages(id) });
  return known.some(([, data]) => data?.pages?.some((page) => page.data.some(({ status }) => status === "streaming")));
}
