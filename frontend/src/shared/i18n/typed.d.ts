import "i18next";
import type admin from "./locales/en/admin.json";
import type adminAccess from "./locales/en/admin-access.json";
import type adminModels from "./locales/en/admin-models.json";
import type adminMoney from "./locales/en/admin-money.json";
import type adminPeople from "./locales/en/admin-people.json";
import type adminSafety from "./locales/en/admin-safety.json";
import type adminSystem from "./locales/en/admin-system.json";
import type camera from "./locales/en/camera.json";
import type chat from "./locales/en/chat.json";
import type common from "./locales/en/common.json";
import type drawings from "./locales/en/drawings.json";
import type library from "./locales/en/library.json";
import type memory from "./locales/en/memory.json";
import type panels from "./locales/en/panels.json";
import type places from "./locales/en/places.json";
import type security from "./locales/en/security.json";
import type shares from "./locales/en/shares.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: {
      translation: typeof admin &
        typeof adminAccess &
        typeof adminModels &
        typeof adminMoney &
        typeof adminPeople &
        typeof adminSafety &
        typeof adminSystem &
        typeof camera &
        typeof chat &
        typeof common &
        typeof drawings &
        typeof library &
        typeof memory &
        typeof panels &
        typeof places &
        typeof security &
        typeof shares;
    };
  }
}
