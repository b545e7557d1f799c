import { type RefObject, useEffect, useState } from "react";

export type CameraState = "asking" | "live" | "refused" | "missing" | "busy";

const WHY: Readonly<Record<string, CameraState>> = { NotAllowedError: "refused", NotFoundError: "missing" };

/** Shows the computer's camera in a video while that stands on the page; the camera goes off with it. */
export function useCamera(video: RefObject<HTMLVideoElement | null>, attempt: number): CameraState {
  const [state, setState] = useState<CameraState>("asking");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the browser once more.
  useEffect(() => {
    const opened = navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 } } });
    let left = false;
    const tell = (found: CameraState) => {
      if (!left) setState(found);
    };
    setState("asking");
    opened
      .then((stream) => shown(stream, video.current))
      .then(
        () => tell("live"),
        (error) => tell(reasonOf(error)),
      );
    return () => {
      left = true;
      opened.then(turnOff, () => undefined);
    };
  }, [video, attempt]);

  return state;
}

async function shown(stream: MediaStream, video: HTMLVideoElement | null): Promise<void> {
  if (!video) return;
  video.srcObject = stream;
  await video.play();
}

function reasonOf(error: unknown): CameraState {
  return WHY[error instanceof DOMException ? error.name : ""] ?? "busy";
}

function turnOff(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
