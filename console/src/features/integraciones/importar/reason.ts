// Why a draft cannot go on yet, in plain words.
import { t } from "@lingui/core/macro";
import type { Draft } from "./queries";

/** What is missing before it can be tried, the first thing first. */
export function reasonNot(draft: Draft): string | undefined {
    const [question, ...others] = draft.questions ?? [];
    if (question) return others.length > 0 ? t`Falta responder ${others.length + 1} preguntas` : t`Falta responder la columna ${question.column}`;
    const lacking = (draft.template?.missing ?? []).join(", ");
    if (lacking) return t`Al archivo le faltan columnas de la planilla: ${lacking}`;
    if (draft.missing[0]) return draft.missing[0].message;
    return draft.can_start ? undefined : t`Todavía no se puede importar`;
}
