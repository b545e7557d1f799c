import { Camera, ImagePlus } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadWords } from "#shared/i18n/i18n.ts";
import { hasTouchOnly } from "#shared/lib/platform.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { IMAGE_ACCEPT } from "./images.ts";

const CameraDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("#features/chat/camera/camera-dialog.tsx"), loadWords("camera")]);
  return { default: dialog.CameraDialog };
});

type AttachButtonsProps = { onAttach: (files: readonly File[]) => void };

/** Pictures from this device and straight from its camera: a phone's own program, or a dialog on a desk. */
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
      ) : (
        <DeskCamera onPhoto={(photo) => onAttach([photo])} />
      )}
    </>
  );
}

function DeskCamera({ onPhoto }: { onPhoto: (photo: File) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  // Browsers give pages a camera over https and on this very machine only.
  if (!navigator.mediaDevices) return null;
  return (
    <>
      <IconButton icon={Camera} label={t("composer.camera")} aria-haspopup="dialog" onClick={() => setOpen(true)} />
      {open ? (
        <Suspense>
          <CameraDialog onPhoto={onPhoto} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
