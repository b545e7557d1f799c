import { X } from "lucide-react";
import { useTranslation } from "react-i18next";

type AttachedImagesProps = { images: readonly string[]; onRemove: (index: number) => void };

export function AttachedImages({ images, onRemove }: AttachedImagesProps) {
  const { t } = useTranslation();
  if (images.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-4 pt-4">
      {images.map((url, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be attached twice.
        <li key={`${index}-${url.slice(-32)}`} className="relative">
          <img
            src={url}
            alt={t("chat.attachedImage", { number: index + 1 })}
            className="size-16 rounded-xl border border-line object-cover"
          />
          <button
            type="button"
            aria-label={t("composer.removeImage", { number: index + 1 })}
            onClick={() => onRemove(index)}
            className="-end-2 -top-2 absolute grid size-6 place-items-center rounded-full bg-ink text-page"
          >
            <X aria-hidden="true" className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
