import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

/** What the first script imports at once, whatever is opened. */
export const AT_ONCE =
  /\/src\/(routes\/(workspace|chat-page)|shared\/ui\/toast-list|features\/(auth\/sign-in-stages|chat\/(turns\/turn-runner|outbox\/outbox)))\.tsx?$/;

/** Has the page ask for what is imported at once beside the first script, rather than after it. */
export function askedAtOnce(): Plugin {
  return {
    name: "asked-at-once",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file): file is Rolldown.OutputChunk => file.type === "chunk");
        const wanted = chunks.filter((chunk) => chunk.moduleIds.some((id) => AT_ONCE.test(id)));
        const files = new Set(wanted.flatMap((chunk) => [chunk.fileName, ...chunk.imports]));
        return chunks
          .filter((chunk) => files.has(chunk.fileName) && !html.includes(chunk.fileName))
          .map(({ fileName }) => modulepreload(fileName));
      },
    },
  };
}

function modulepreload(fileName: string): HtmlTagDescriptor {
  return { tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${fileName}` }, injectTo: "head" };
}
