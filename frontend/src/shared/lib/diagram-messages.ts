/** What the app and the frame that draws diagrams say to each other. The frame is nobody's origin: both check what comes. */

/** The app's colours as the frame needs them: `rgb(…)`, since Mermaid reads no newer notation. */
export type DiagramColours = Record<"page" | "card" | "ink" | "soft" | "line" | "accent" | "wash" | "note", string>;

/** From the app: draw this; `language` is that of the page around it. */
export type DiagramOrder = {
  source: string;
  language: string;
  dark: boolean;
  font: string;
  colours: DiagramColours;
};

/** From the frame: it can draw; it has drawn, so many pixels high; it could not. */
export type DiagramNews = { is: "ready" } | { is: "drawn"; height: number } | { is: "failed" };

export function isNews(value: unknown): value is DiagramNews {
  if (typeof value !== "object" || value === null || !("is" in value)) return false;
  if (value.is === "drawn") return "height" in value && Number.isFinite(value.height);
  return value.is === "ready" || value.is === "failed";
}
