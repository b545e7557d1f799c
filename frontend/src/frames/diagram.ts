/**
 * The page inside of the frame that draws diagrams. It has no origin, no network and no storage, and nothing to take:
 * it gets the source of a diagram, and says how high the drawing became.
 */
import type { Mermaid } from "mermaid";
import type { DiagramNews, DiagramOrder } from "#shared/lib/diagram-messages.ts";

const LIBRARY = "./mermaid/mermaid.esm.min.mjs";
/** How much smaller than drawn a diagram may become before it is to be scrolled. */
const LEAST_SCALE = 0.6;

const place = document.getElementById("diagram") as HTMLElement;
const tell = (news: DiagramNews) => window.parent.postMessage(news, "*");

async function draw(mermaid: Mermaid, { source, language, dark, font, colours }: DiagramOrder): Promise<void> {
  document.documentElement.lang = language;
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    maxTextSize: 20_000,
    maxEdges: 300,
    // A diagram may choose its looks, and nothing that it is kept in by.
    secure: [
      "secure",
      "securityLevel",
      "startOnLoad",
      "maxTextSize",
      "maxEdges",
      "suppressErrorRendering",
      "themeCSS",
      "dompurifyConfig",
    ],
    theme: "base",
    fontFamily: font,
    sequence: { actorFontSize: 14, messageFontSize: 14, noteFontSize: 14 },
    themeVariables: {
      darkMode: dark,
      fontFamily: font,
      fontSize: "14px",
      background: colours.page,
      primaryColor: colours.wash,
      primaryTextColor: colours.ink,
      primaryBorderColor: colours.accent,
      secondaryColor: colours.card,
      tertiaryColor: colours.card,
      lineColor: colours.soft,
      edgeLabelBackground: colours.page,
      textColor: colours.ink,
      noteBkgColor: colours.note,
      noteTextColor: colours.ink,
      noteBorderColor: colours.line,
    },
  });
  const { svg } = await mermaid.render("drawing", source);
  place.innerHTML = svg;
  const drawn = place.querySelector("svg");
  const natural = Number.parseFloat(drawn?.style.maxWidth ?? "");
  if (drawn && natural > 0) drawn.style.minWidth = `${Math.min(natural, 1_200) * LEAST_SCALE}px`;
}

function report(): void {
  tell({ is: "drawn", height: Math.ceil(place.getBoundingClientRect().height) });
}

async function start(): Promise<void> {
  const { default: mermaid } = (await import(/* @vite-ignore */ LIBRARY)) as { default: Mermaid };
  let turn = Promise.resolve();
  let drawn = false;
  new ResizeObserver(() => drawn && report()).observe(place);
  window.addEventListener("message", (event: MessageEvent<DiagramOrder>) => {
    if (event.source !== window.parent) return;
    turn = turn
      .then(() => draw(mermaid, event.data))
      .then(
        () => {
          drawn = true;
          report();
        },
        () => tell({ is: "failed" }),
      );
  });
  tell({ is: "ready" });
}

start().catch(() => tell({ is: "failed" }));
