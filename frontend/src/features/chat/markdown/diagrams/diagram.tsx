import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "#shared/lib/cx.ts";
import { type Failure, useDiagram } from "./use-diagram.ts";

/** A diagram, drawn in a frame that has no origin and no network; its source for those who listen. */
export function Diagram({ source, onFailure }: { source: string; onFailure: (how: Failure) => void }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const { height, drawn } = useDiagram(frame, source, onFailure);
  return (
    <div className="relative" style={{ minHeight: height || undefined }}>
      <iframe
        ref={frame}
        src="/frames/diagram.html"
        sandbox="allow-scripts"
        title={t("drawings.diagram")}
        loading="lazy"
        className={cx("block w-full border-0", !drawn && "absolute inset-x-0 top-0 opacity-0")}
        style={{ height: height || 1 }}
      />
      {drawn ? <pre className="sr-only">{source}</pre> : null}
      {drawn || height === 0 ? null : (
        <p className="absolute inset-x-0 top-0 animate-late px-4 py-3 text-faint text-sm">{t("drawings.drawing")}</p>
      )}
    </div>
  );
}
