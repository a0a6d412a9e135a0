// How the rows are imported, once the columns are known.
import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "~/app/format";
import { useMay } from "~/app/session";
import { Combo, Select } from "~/ui";
import { useMemo, useState } from "react";
import { fieldLabel } from "./FieldPicker";
import { useMakesOf } from "./makes";
import type { Draft, Field } from "./queries";
import { UnlistedParent } from "./UnlistedParent";
import type { DraftChange } from "./useDraftChange";

const NONE = "-";

export function Options({ draft, fields, change }: { draft: Draft; fields: readonly Field[]; change: DraftChange }) {
    const { t } = useLingui();
    const { zone } = useFormat();
    const { options } = draft;
    const set = (next: Record<string, unknown>) => change.mutate({ options: next });
    const filled = (draft.columns ?? []).flatMap((column) => column.mapped.map((one) => one.field));
    const keys = [...new Set([...fields.filter((one) => one.is_key).map((one) => one.field), ...(options.key ? [options.key] : [])])].filter((field) => filled.includes(field));
    const tasks = draft.makes === "tasks";
    // Chosen, and the place below which they go still open.
    const [moving, setMoving] = useState(false);
    const unlisted = moving ? "move" : options.unlisted;
    const mayMove = useMay("view_pois") && draft.makes === "pois";
    const makes = useMakesOf(draft.makes);
    const zones = useMemo(() => [...new Set([zone, options.zone ?? zone, ...Intl.supportedValuesOf("timeZone")])].map((id) => ({ id, label: id.replaceAll("_", " "), detail: id === zone ? t`la de la empresa` : undefined })), [zone, options.zone, t]);
    return (
        <section className="import-options" aria-label={t`Cómo se importan las filas`}>
            <h3>
                <Trans>Cómo se importan las filas</Trans>
            </h3>
            <div className="form-pair">
                <Select
                    label={t`Cada fila se reconoce por`}
                    value={options.key ?? NONE}
                    onChange={(key) => set({ key: key === NONE ? null : key })}
                    options={[{ id: NONE, label: t`Nada: cada fila es nueva` }, ...keys.map((field) => ({ id: field, label: fieldLabel(fields, field) }))]}
                    help={keys.length === 0 ? makes.keyHelp : undefined}
                />
                <Select
                    label={t`Si ya existe, o no existe`}
                    value={options.operation}
                    onChange={(operation) => set({ operation })}
                    options={[
                        { id: "auto_select", label: t`Crear o cambiar, según haga falta` },
                        { id: "create", label: t`Solo crear; rechazar las que ya hay` },
                        { id: "update", label: t`Solo cambiar; rechazar las nuevas` },
                    ]}
                />
                <Select
                    label={t`Si varias filas tienen el mismo número`}
                    value={options.repeated}
                    onChange={(repeated) => set({ repeated })}
                    options={[
                        { id: "last", label: t`Vale la última` },
                        { id: "first", label: t`Vale la primera; rechazar las demás` },
                        { id: "refuse", label: t`Rechazarlas todas` },
                    ]}
                />
                {tasks && (
                    <Select
                        label={t`Si el punto de interés no existe`}
                        value={options.unknown_poi}
                        onChange={(unknown_poi) => set({ unknown_poi })}
                        options={[
                            { id: "refuse", label: t`Rechazar la fila` },
                            { id: "create", label: t`Crearlo con lo que dice la fila` },
                        ]}
                    />
                )}
                <Select
                    label={t`Si alguna fila se rechaza`}
                    value={options.all_or_nothing ? "nothing" : "good"}
                    onChange={(wanted) => set({ all_or_nothing: wanted === "nothing" })}
                    options={[
                        { id: "good", label: t`Importar las demás` },
                        { id: "nothing", label: t`No importar ninguna` },
                    ]}
                />
                <Select
                    label={t`Lo que el archivo ya no trae`}
                    value={unlisted}
                    onChange={(next) => {
                        setMoving(next === "move" && options.unlisted !== "move");
                        if (next !== "move" && next !== options.unlisted) set({ unlisted: next, unlisted_parent: null });
                    }}
                    options={[
                        { id: "leave", label: t`Dejarlo como está` },
                        { id: "withdraw", label: tasks ? t`Retirar las tareas que nadie empezó` : t`Dejarlo fuera de uso` },
                        ...(mayMove || unlisted === "move" ? [{ id: "move", label: t`Moverlo dentro de otro lugar` }] : []),
                    ]}
                    help={unlisted !== "leave" ? t`Solo cuenta lo que importaciones anteriores con la misma planilla hicieron.` : undefined}
                />
                {unlisted === "move" && (
                    <UnlistedParent
                        value={options.unlisted_parent ?? null}
                        onChange={(unlisted_parent) => {
                            setMoving(false);
                            set({ unlisted: "move", unlisted_parent });
                        }}
                    />
                )}
                {tasks && <Combo label={t`Zona horaria de las horas`} options={zones} value={options.zone ?? zone} onChange={(next) => next && set({ zone: next === zone ? null : next })} />}
            </div>
        </section>
    );
}
