import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { photograph } from "./photograph.ts";
import { useCamera } from "./use-camera.ts";

type CameraDialogProps = { onPhoto: (photo: File) => void; onClose: () => void };

/** A photo with the computer's own camera. */
export function CameraDialog({ onPhoto, onClose }: CameraDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog open onOpenChange={(open) => open || onClose()} title={t("camera.title")}>
      <Viewfinder
        onPhoto={(photo) => {
          onPhoto(photo);
          onClose();
        }}
      />
    </Dialog>
  );
}

function Viewfinder({ onPhoto }: { onPhoto: (photo: File) => void }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [attempt, setAttempt] = useState(0);
  const state = useCamera(video, attempt);
  const hasFailed = state !== "live" && state !== "asking";
  const shoot = async () => {
    if (video.current) onPhoto(await photograph(video.current));
  };
  return (
    <div className="mt-4 space-y-4">
      <video
        ref={video}
        muted
        playsInline
        hidden={hasFailed}
        aria-label={t("camera.picture")}
        className="aspect-video w-full rounded-xl bg-sunk object-contain"
      />
      <p role="status" className="text-sm text-soft empty:hidden">
        {state === "live" ? "" : t(`camera.${state}`)}
      </p>
      <div className="flex justify-end">
        {hasFailed ? (
          <Button onClick={() => setAttempt(attempt + 1)}>{t("camera.again")}</Button>
        ) : (
          <Button look="primary" disabled={state !== "live"} onClick={() => void shoot()}>
            {t("camera.shoot")}
          </Button>
        )}
      </div>
    </div>
  );
}
