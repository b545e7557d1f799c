import { useTranslation } from "react-i18next";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { Portrait } from "#shared/ui/portrait.tsx";
import type { PanelRead } from "./api.ts";
import { PolicyDrawing } from "./form/policy-drawing.tsx";

/** A panel before its first word: who is there, and how the word will go round. */
export function PanelWelcome({ panel }: { panel: PanelRead }) {
  const { t } = useTranslation();
  const { kind } = panel.policy;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto my-auto flex max-w-lg flex-col items-center px-6 py-8 text-center">
        <div className="flex -space-x-2 rtl:space-x-reverse">
          {panel.participants.map((one, place) => (
            <Portrait
              key={one.id}
              name={one.handle}
              avatar={one.avatar}
              colour={speakerColour(one.colour, place)}
              size="large"
            />
          ))}
        </div>
        <h2 className="mt-5 text-balance font-display text-2xl">{t("panels.ready")}</h2>
        <div className="mt-5 flex items-center gap-4 text-start text-accent">
          <PolicyDrawing kind={kind} />
          <p className="text-sm text-soft">
            <span className="font-medium text-ink">{t(`panels.kind.${kind}.name`)}.</span>{" "}
            {t(`panels.kind.${kind}.text`)}
          </p>
        </div>
      </div>
    </div>
  );
}
