// The language of the page: what was chosen here, else the browser's, else Spanish. Catalogues load when they are wanted.
import { i18n, type Messages } from "@lingui/core";
import { kept } from "./stored";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const CATALOGUES: Record<Language, () => Promise<{ messages: Messages }>> = {
    es: () => import("../locales/es"),
    en: () => import("../locales/en"),
};

const chosen = kept<Language>("campo.language", LANGUAGES, ofBrowser, () => {});

function ofBrowser(): Language {
    const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => (LANGUAGES as readonly string[]).includes(tag));
    return (wanted as Language | undefined) ?? "es";
}

export const language = chosen.get;
export const useLanguage = chosen.use;

export async function speak(wanted: Language): Promise<void> {
    const { messages } = await CATALOGUES[wanted]();
    i18n.loadAndActivate({ locale: wanted, messages });
    document.documentElement.lang = wanted;
    if (wanted !== chosen.get()) chosen.set(wanted);
}
