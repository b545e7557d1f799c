import { readStored } from "./storage.ts";
import { useStored } from "./use-stored.ts";

export type Density = "normal" | "compact";

const KEY = "chimera.density";

function of(stored: string | null): Density {
  return stored === "compact" ? "compact" : "normal";
}

/** Lets everything stand as close as was last wished. Before the first paint `theme.js` does it. */
function showDensity(): void {
  if (of(readStored(KEY)) === "compact") document.documentElement.dataset.density = "compact";
  else delete document.documentElement.dataset.density;
}

/** How close things stand: all measures of the app follow the size of a letter, which this changes. */
export function useDensity(): [Density, (density: Density) => void] {
  const [stored, store] = useStored(KEY);
  const change = (density: Density) => {
    store(density === "normal" ? null : density);
    showDensity();
  };
  return [of(stored), change];
}
