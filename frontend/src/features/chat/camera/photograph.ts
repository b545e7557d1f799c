const QUALITY = 0.9;

/** What a video shows at this moment, in its own size, as a JPEG. */
export async function photograph(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!picture) throw new Error("The picture could not be packed.");
  return new File([picture], "photo.jpg", { type: picture.type });
}
