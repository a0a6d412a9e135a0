// The columns of an export: the customer's heading and our field, in order, moved by buttons.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Plus, X } from "lucide-react";
import { Button, Checkbox, Combo, IconButton, Note, TextField } from "~/ui";
import type { Column, ExportDraft } from "./exportDraft";
import { exportFieldsQuery } from "./queries";

type Props = { draft: ExportDraft; set: (change: Partial<ExportDraft>) => void; errorAt: (field: string) => string | undefined };

export function ColumnsField({ draft, set, errorAt }: Props) {
    const { t } = useLingui();
    const fields = useQuery(exportFieldsQuery(draft.what)).data ?? [];
    const { columns } = draft;
    const put = (place: number, change: Partial<Column>) => set({ columns: columns.map((column, at) => (at === place ? { ...column, ...change } : column)) });
    const move = (place: number, by: number) => {
        const next = [...columns];
        const [column] = next.splice(place, 1);
        if (column) next.splice(place + by, 0, column);
        set({ columns: next });
    };
    const begin = (all: boolean) => set({ allColumns: all, columns: all || columns.length > 0 ? columns : fields.map(({ field, label }) => ({ heading: label, field, format: "" })) });
    const options = (own: string) => [...fields.map(({ field, label }) => ({ id: field, label, detail: field })), ...(own && !fields.some(({ field }) => field === own) ? [{ id: own, label: own }] : [])];
    const problem = errorAt("columns");
    return (
        <fieldset>
            <legend>
                <Trans>Columnas</Trans>
            </legend>
            <Checkbox name="columns" selected={draft.allColumns} onChange={begin}>
                <Trans>Todas las conocidas, con los nombres de Campo</Trans>
            </Checkbox>
            {problem && <Note kind="refused">{problem}</Note>}
            {!draft.allColumns && (
                <>
                    <ol className="boxes" aria-label={t`Columnas`}>
                        {columns.map((column, place) => (
                            <li key={place}>
                                <TextField label={t`Título en su archivo`} name={`columns.${place}.heading`} value={column.heading} onChange={(heading) => put(place, { heading })} error={errorAt(`columns.${place}.heading`)} />
                                <Combo label={t`Lo que va en ella`} name={`columns.${place}.field`} options={options(column.field)} value={column.field} onChange={(field) => put(place, { field: field ?? "" })} error={errorAt(`columns.${place}.field`)} opens="input" />
                                <TextField label={t`Cómo se escribe una fecha`} name={`columns.${place}.format`} value={column.format} onChange={(format) => put(place, { format })} error={errorAt(`columns.${place}.format`)} optional placeholder="dd/MM/yyyy HH:mm" spellCheck="false" />
                                <div className="row">
                                    {place > 0 && <IconButton name={t`Subir ${column.heading}`} icon={ChevronUp} small onPress={() => move(place, -1)} />}
                                    {place < columns.length - 1 && <IconButton name={t`Bajar ${column.heading}`} icon={ChevronDown} small onPress={() => move(place, 1)} />}
                                    <span className="grow" />
                                    <Button small look="quiet" icon={X} onPress={() => set({ columns: columns.filter((_, at) => at !== place) })}>
                                        <Trans>Quitar</Trans>
                                    </Button>
                                </div>
                            </li>
                        ))}
                    </ol>
                    <div>
                        <Button small icon={Plus} onPress={() => set({ columns: [...columns, { heading: "", field: "", format: "" }] })}>
                            <Trans>Otra columna</Trans>
                        </Button>
                    </div>
                </>
            )}
        </fieldset>
    );
}
