import { useQuery } from "@tanstack/react-query";
import type { ModelRead } from "#shared/api/types.ts";
import { useStored } from "#shared/lib/use-stored.ts";
import { modelsQuery } from "./api.ts";
import { type Choice, chatModels, choose } from "./catalogue.ts";

const KEY = "chimera.model";

const NOTHING: Choice = { id: null, model: null };

/** Which model answers here, and the others one may pick. */
export function useModelChoice(own: string | null) {
  const list = useQuery(modelsQuery());
  const [lastUsed, setLastUsed] = useStored(KEY);
  return {
    models: list.data ? chatModels(list.data) : [],
    choice: list.data ? choose(list.data, own, lastUsed) : { ...NOTHING, id: own },
    loaded: list.isSuccess,
    remember: (model: ModelRead) => setLastUsed(model.id),
  };
}
