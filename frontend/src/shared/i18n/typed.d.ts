import "i18next";
import type common from "./locales/en/common.json";
import type security from "./locales/en/security.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof common & typeof security };
  }
}
