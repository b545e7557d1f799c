import { readStored } from "./storage.ts";
import { keepStored, useStored } from "./use-stored.ts";

/** How the organisation shows itself; empty where it says nothing. */
export type Brand = { name: string; colour: string };

const KEY = "chimera.brand";
const PLAIN: Brand = { name: "", colour: "" };

function of(stored: string | null): Brand {
  try {
    return { ...PLAIN, ...(JSON.parse(stored ?? "{}") as Partial<Brand>) };
  } catch {
    return PLAIN;
  }
}

/** Lets all accents follow the organisation's colour. Before the first paint `theme.js` does it. */
function showBrand(): void {
  const root = document.documentElement;
  const { colour } = of(readStored(KEY));
  if (colour) {
    root.dataset.brand = "";
    root.style.setProperty("--brand", colour);
  } else {
    delete root.dataset.brand;
    root.style.removeProperty("--brand");
  }
}

/** Kept in the browser: so the sign-in page, which knows nobody yet, looks as it did to who was last here. */
export function keepBrand({ name, colour }: Brand): void {
  keepStored(KEY, name || colour ? JSON.stringify({ name, colour }) : null);
  showBrand();
}

export function useBrand(): Brand {
  return of(useStored(KEY)[0]);
}
