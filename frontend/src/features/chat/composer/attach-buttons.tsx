import { Camera, ImagePlus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { hasTouchOnly } from "#shared/lib/platform.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { IMAGE_ACCEPT } from "./images.ts";

type AttachButtonsProps = { onAttach: (files: readonly File[]) => void };

/** Pictures from this device and, where it is one that is held in the hand, straight from its camera. */
export function AttachButtons({ onAttach }: AttachButtonsProps) {
  const { t } = useTranslation();
  const chooser = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const hidden = {
    type: "file",
    accept: IMAGE_ACCEPT,
    hidden: true,
    onChange: ({ target }: { target: HTMLInputElement }) => {
      onAttach([...(target.files ?? [])]);
      target.value = "";
    },
  };
  return (
    <>
      <IconButton icon={ImagePlus} label={t("composer.attach")} onClick={() => chooser.current?.click()} />
      <input ref={chooser} multiple {...hidden} />
      {hasTouchOnly() ? (
        <>
          <IconButton icon={Camera} label={t("composer.camera")} onClick={() => camera.current?.click()} />
          <input ref={camera} capture="environment" {...hidden} />
        </>
      ) : null}
    </>
  );
}
