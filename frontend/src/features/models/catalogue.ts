// Which model answers, and how the list of models is searched and grouped.
import type { ModelList, ModelRead } from "#shared/api/types.ts";

export type Choice = {
  /** What is sent to the server; null when there is no model at all. */
  id: string | null;
  /** The model itself, unless it is gone from the list. */
  model: ModelRead | null;
};

export function chatModels(list: ModelList): ModelRead[] {
  return list.data.filter((model) => model.kind === "chat");
}

/** The conversation's own model first, though it be gone; else the last one used here; else the server's default. */
export function choose(list: ModelList, own: string | null, lastUsed: string | null): Choice {
  const models = chatModels(list);
  const named = (id: string | null) => models.find((model) => model.id === id) ?? null;
  if (own) return { id: own, model: named(own) };
  const model = named(lastUsed) ?? named(list.default_model) ?? models[0] ?? null;
  return { id: model?.id ?? null, model };
}

/** Every word of the query must occur somewhere in the model's name, provider or id. */
export function search(models: readonly ModelRead[], q: string): ModelRead[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const haystack = `${model.id} ${model.name} ${model.provider}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

/** Models by provider, both in the order in which the server lists them. */
export function byProvider(models: readonly ModelRead[]): [string, ModelRead[]][] {
  const groups = new Map<string, ModelRead[]>();
  for (const model of models) groups.set(model.provider, [...(groups.get(model.provider) ?? []), model]);
  return [...groups];
}

/** A size in tokens as people say it: 8K, 200K, 1M. */
export function shortTokens(count: number): string {
  if (count >= 1_000_000) return `${Math.round(count / 100_000) / 10}M`;
  return count >= 1000 ? `${Math.round(count / 1000)}K` : String(count);
}

const BRANDS: Record<string, string> = {
  anthropic: "Anthropic",
  deepseek: "DeepSeek",
  google: "Google",
  groq: "Groq",
  lmstudio: "LM Studio",
  mistral: "Mistral",
  ollama: "Ollama",
  openai: "OpenAI",
  openrouter: "OpenRouter",
  xai: "xAI",
};

/** A provider's name as it writes itself, where that is known. What no provider serves, such as `auto`, is ours. */
export function brand(provider: string): string {
  return BRANDS[provider] ?? (provider || "Chimera");
}
