// The language of the page: what was chosen here, else the browser's, else Spanish. The texts of the frame come first, those
// of a feature with the first of its pages.
import { i18n, type Messages } from "@lingui/core";
import { kept } from "./stored";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
/** The folders of `src/features` whose pages bring texts of their own. */
export type Feature = "ajustes" | "bandeja" | "despacho" | "equipo" | "formularios" | "integraciones" | "jornadas" | "lugares";

const CATALOGUES = import.meta.glob<{ messages: Messages }>(["../locales/*.ts", "../features/*/locales/*.ts"]);

const chosen = kept<Language>("campo.language", LANGUAGES, ofBrowser, () => {});
/** What was asked for last: also while its texts are on their way. */
let wanted = chosen.get();
const folders = new Set(["../locales"]);
const loaded = new Set<string>();

function ofBrowser(): Language {
    const first = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => (LANGUAGES as readonly string[]).includes(tag));
    return (first as Language | undefined) ?? "es";
}

export const language = chosen.get;
export const useLanguage = chosen.use;

/** Turns the page to this language once all texts are there that it shows now. */
export async function speak(next: Language): Promise<void> {
    wanted = next;
    await complete();
    if (wanted !== next) return;
    i18n.activate(next);
    document.documentElement.lang = next;
    if (next !== chosen.get()) chosen.set(next);
}

/** Brings the texts of a feature, now and with each language that is chosen later. */
export async function speakOf(feature: Feature): Promise<void> {
    folders.add(`../features/${feature}/locales`);
    await complete();
}

/** Loads what is missing in the language that is shown and in the one that is on its way. */
async function complete(): Promise<void> {
    const missing = () => [...new Set([wanted, i18n.locale || wanted])].flatMap((tongue) => [...folders].map((folder) => ({ tongue, path: `${folder}/${tongue}.ts` })).filter(({ path }) => !loaded.has(path)));
    for (let now = missing(); now.length > 0; now = missing()) {
        await Promise.all(
            now.map(async ({ tongue, path }) => {
                const catalogue = CATALOGUES[path];
                if (!catalogue) throw new Error(`no texts at ${path}`);
                i18n.load(tongue, (await catalogue()).messages);
                loaded.add(path);
            }),
        );
    }
}
