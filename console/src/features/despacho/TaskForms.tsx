// The forms that were filled for a task: question and answer as the form says them.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useFormat } from "~/app/format";
import { useMay } from "~/app/session";
import { EmptyState, KeyValues } from "~/ui";
import { type Entry, formsQuery } from "./queries";

export function TaskForms({ entries }: { entries: Entry[] }) {
    const { t } = useLingui();
    const format = useFormat();
    const forms = useQuery({ ...formsQuery(), enabled: useMay("view_definitions") });
    if (entries.length === 0) {
        return (
            <EmptyState icon={FileText} title={t`Todavía no hay formularios`}>
                <Trans>Aparecen aquí en cuanto el teléfono los entrega.</Trans>
            </EmptyState>
        );
    }
    return entries.map((entry) => {
        const form = forms.data?.find((one) => one.id === entry.form);
        const filled = (entry.content as { body?: { answers?: Answer[] } } | undefined)?.body?.answers ?? [];
        const label = (id: string) => form?.fields?.find((field) => field.id === id)?.label ?? id;
        return (
            <section key={entry.id} className="stack-tight">
                <h3>
                    {form?.name ?? t`Formulario`} <span className="dim">{format.moment(entry.occurred_at)}</span>
                </h3>
                <KeyValues facts={filled.map((one) => [label(one.field), shown(one)])} />
            </section>
        );
    });
}

type Answer = { field: string; value?: string; text?: string; values?: string[]; texts?: string[]; files?: string[]; rows?: Answer[][] };

/** What a person reads of an answer: the words of a choice before its code, a row of a table per line. */
function shown({ value, text, values = [], texts = [], files = [], rows = [] }: Answer): string {
    const own = text || value || (texts.length > 0 ? texts : values).join(", ");
    const photos = files.length > 0 ? plural(files.length, { one: "# archivo", other: "# archivos" }) : "";
    const table = rows.map((row) => row.map(shown).filter(Boolean).join(" · ")).join("; ");
    return [own, photos, table].filter(Boolean).join(" · ");
}
