import { type ComponentType, lazy, Suspense } from "react";
import { CodeBlock } from "#features/chat/markdown/code-block.tsx";
import { loadWords } from "#shared/i18n/i18n.ts";
import type { DrawingProps } from "./drawing.tsx";

const Drawing = lazy(async (): Promise<{ default: ComponentType<DrawingProps> }> => {
  try {
    const [drawing] = await Promise.all([import("./drawing.tsx"), loadWords("drawings")]);
    return drawing;
  } catch {
    // Without a connection the code is what there is.
    return { default: CodeBlock };
  }
});

/** As what code can be drawn, if at all. */
export function drawable(language: string | null, code: string): DrawingProps["language"] | null {
  if (language === "mermaid" || language === "svg") return language;
  return language === "xml" && /^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/.test(code) ? "svg" : null;
}

/** Code with its picture; the code alone while what draws it is being loaded. */
export function DrawnCode(props: DrawingProps) {
  return (
    <Suspense fallback={<CodeBlock {...props} />}>
      <Drawing {...props} />
    </Suspense>
  );
}
