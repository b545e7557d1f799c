import { Code, Image } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CodeBlock } from "#features/chat/markdown/code-block.tsx";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Diagram } from "./diagram.tsx";
import { svgPicture } from "./svg-picture.ts";
import type { Failure } from "./use-diagram.ts";

const MOST_CHARACTERS = { mermaid: 20_000, svg: 200_000 };

export type DrawingProps = { code: string; language: "mermaid" | "svg" };

/**
 * Code that can be looked at. A diagram is drawn at once: its code is nothing that anybody asked for. An SVG is often
 * asked for as code, so its picture is shown on demand.
 */
export default function Drawing({ code, language }: DrawingProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(language === "mermaid");
  const [failure, setFailure] = useState<Failure | null>(null);
  if (code.length > MOST_CHARACTERS[language]) {
    return <CodeBlock code={code} language={language} note={t("drawings.tooLarge")} />;
  }
  if (failure) return <CodeBlock code={code} language={language} note={t(`drawings.${failure}`)} />;
  const action = (
    <IconButton
      icon={wanted ? Code : Image}
      size="small"
      label={t(wanted ? "drawings.showCode" : "drawings.showPicture")}
      onClick={() => setWanted(!wanted)}
    />
  );
  return (
    <CodeBlock code={code} language={language} action={action}>
      {wanted ? <Picture code={code} language={language} onFailure={setFailure} /> : null}
    </CodeBlock>
  );
}

function Picture({ code, language, onFailure }: DrawingProps & { onFailure: (how: Failure) => void }) {
  const { t } = useTranslation();
  if (language === "mermaid") return <Diagram source={code} onFailure={onFailure} />;
  const picture = svgPicture(code, t("drawings.picture"));
  if (!picture) return <p className="px-4 py-3 text-soft text-sm">{t("drawings.failed")}</p>;
  return (
    <iframe
      srcDoc={picture.page}
      sandbox=""
      title={t("drawings.picture")}
      className="mx-auto my-4 block max-w-full rounded-lg border-0 bg-white"
      style={{ width: picture.width, aspectRatio: `${picture.width} / ${picture.height}` }}
    />
  );
}
