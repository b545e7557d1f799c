// Pictures on their way into a message.

const TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
export const IMAGE_ACCEPT = [...TYPES].join(",");
export const MAX_IMAGES = 6;
export const MAX_IMAGE_MB = 8;

export type Refusal = { reason: "notImage" | "tooLarge"; name: string } | { reason: "tooMany" };

/** Sorts the files one may attach from those one may not, and says why not. */
export function admit(files: readonly File[], already: number): { admitted: File[]; refusals: Refusal[] } {
  const admitted: File[] = [];
  const refusals: Refusal[] = [];
  for (const file of files) {
    if (!TYPES.has(file.type)) refusals.push({ reason: "notImage", name: file.name });
    else if (file.size > MAX_IMAGE_MB * 1024 * 1024) refusals.push({ reason: "tooLarge", name: file.name });
    else if (already + admitted.length >= MAX_IMAGES) refusals.push({ reason: "tooMany" });
    else admitted.push(file);
  }
  return { admitted, refusals };
}

export function readImage(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}

/** Whether files are dragged, rather than words or a link. */
export function bringsFiles({ types }: DataTransfer): boolean {
  return types.includes("Files");
}

/** The files that are pasted. Office programs bring a picture of copied cells and words beside their text: that is meant. */
export function pastedFiles({ types, files }: DataTransfer): File[] {
  return types.includes("text/plain") && types.includes("text/html") ? [] : [...files];
}
