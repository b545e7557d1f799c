import type { ConversationsArrange } from "#shared/api/schema.d.ts";
import type { ConversationRead } from "#shared/api/types.ts";

/** The most that the server puts somewhere at once. */
export const MOST_AT_ONCE = 100;

/** Where conversations should be put; what is not named stays. */
export type Change = Omit<ConversationsArrange, "conversation_ids">;

const sameName = (one: string, other: string) => one.toLocaleLowerCase() === other.toLocaleLowerCase();

/** A conversation as it is once it was put there. */
export function arranged(conversation: ConversationRead, change: Change): ConversationRead {
  const { add_tags = [], remove_tags = [], ...placed } = change;
  const kept = conversation.tags.filter((tag) => !remove_tags.some((name) => sameName(name, tag)));
  const added = add_tags.filter((name) => !kept.some((tag) => sameName(name, tag)));
  return { ...conversation, ...placed, tags: [...kept, ...added] };
}

/** What is asked of the server: as few calls as its bound allows. */
export function callsOf(conversations: readonly ConversationRead[], change: Change): ConversationsArrange[] {
  const ids = conversations.map((conversation) => conversation.id);
  const lots = Array.from({ length: Math.ceil(ids.length / MOST_AT_ONCE) }, (_, lot) =>
    ids.slice(lot * MOST_AT_ONCE, (lot + 1) * MOST_AT_ONCE),
  );
  return lots.map((lot) => ({ conversation_ids: lot, ...change }));
}

/** What puts conversations back to where they were before a change: those that were alike, together. */
export function undoing(before: readonly ConversationRead[], change: Change): ConversationsArrange[] {
  const groups = new Map<string, { back: Change; members: ConversationRead[] }>();
  for (const conversation of before) {
    const had = (name: string) => conversation.tags.some((tag) => sameName(tag, name));
    const back: Change = {
      ...("folder_id" in change ? { folder_id: conversation.folder_id } : {}),
      ...("pinned" in change ? { pinned: conversation.pinned } : {}),
      ...("archived" in change ? { archived: conversation.archived } : {}),
      ...(change.add_tags ? { remove_tags: change.add_tags.filter((name) => !had(name)) } : {}),
      ...(change.remove_tags ? { add_tags: change.remove_tags.filter(had) } : {}),
    };
    const group = groups.get(JSON.stringify(back)) ?? { back, members: [] };
    group.members.push(conversation);
    groups.set(JSON.stringify(back), group);
  }
  return [...groups.values()].flatMap(({ back, members }) => callsOf(members, back));
}
