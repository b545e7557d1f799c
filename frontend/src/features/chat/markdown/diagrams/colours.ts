import type { DiagramColours } from "#shared/lib/diagram-messages.ts";

const TOKENS: Record<keyof DiagramColours, string> = {
  page: "--color-sunk",
  card: "--color-card",
  ink: "--color-ink",
  soft: "--color-soft",
  line: "--color-line",
  accent: "--color-accent",
  wash: "--color-accent-wash",
  note: "--color-bronze-wash",
};

/** The colours of the theme that an element stands in, as `rgb(…)`: a canvas turns every notation into pixels. */
export function coloursAt(element: HTMLElement): { dark: boolean; colours: DiagramColours } {
  const probe = document.createElement("span");
  element.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const entries = Object.entries(TOKENS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    if (!canvas) return [name, "rgb(128, 128, 128)"];
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return [name, `rgb(${red}, ${green}, ${blue})`];
  });
  probe.remove();
  const colours = Object.fromEntries(entries) as DiagramColours;
  const brightness = (colours.page.match(/\d+/g) ?? []).reduce((sum, one) => sum + Number(one), 0);
  return { dark: brightness < 384, colours };
}
