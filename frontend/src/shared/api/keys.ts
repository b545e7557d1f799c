/** The names under which server state is cached; features share the names, never each other's code. */
export const keys = {
  session: ["session"] as const,
  places: ["places"] as const,
  signInOptions: (domain: string) => ["sign-in-options", domain] as const,
  factors: ["factors"] as const,
  passkeys: ["passkeys"] as const,
  devices: ["devices"] as const,
  models: ["models"] as const,
  conversations: ["conversations"] as const,
  conversationSearch: (q: string) => ["conversations", "search", q] as const,
  conversation: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
  panel: (id: string) => ["panel", id] as const,
  personas: ["personas"] as const,
  memorySettings: ["memory-settings"] as const,
  memories: ["memories"] as const,
};
