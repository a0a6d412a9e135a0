// An export, new or changed: what it holds, how it is written, where it goes and when.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { CAPTURED, kindLabel } from "~/app/kinds";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { statusLabels } from "~/app/statuses";
import { Checkbox, Drawer, PickMany, RadioGroup, Select, say, TextField } from "~/ui";
import { ColumnsField } from "./ColumnsField";
import { type ExportDraft, exportBody, exportDraft, proposedName } from "./exportDraft";
import { goesNowhere } from "./destination";
import { DestinationFields, useDestinationLabels } from "./DestinationFields";
import { changeExport, type Export, formsQuery, makeExport, oneExport } from "./queries";
import { ScheduleField } from "./ScheduleField";

const NONE = "none";

export function ExportForm({ known, onClose, onSaved }: { known?: Export; onClose: () => void; onSaved: (saved: Export) => void }) {
    const { t } = useLingui();
    const forms = useQuery({ ...formsQuery(), enabled: useMay("view_definitions") }).data ?? [];
    const editing = useEditing<ExportDraft, Export>({
        place: `export:${known?.id ?? "new"}`,
        object: known,
        draftOf: exportDraft,
        versionOf: (one) => one.version,
        bodyOf: exportBody,
        create: makeExport,
        change: (changes, version) => changeExport(known?.id ?? "", changes, version),
        again: () => oneExport(known?.id ?? ""),
        saved: async (saved) => {
            await queries.invalidateQueries({ queryKey: ["exports"] });
            say(known ? t`Exportación «${saved.name}» guardada` : t`Exportación «${saved.name}» creada`);
            onSaved(saved);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, what: t`Qué lleva`, format: t`Formato`, days: t`De qué días`, photos: t`Fotos`, file_name: t`Nombre del archivo`, ...useDestinationLabels(), schedule: t`Cuándo se hace`, kinds: t`Qué capturas`, form: t`De un formulario`, statuses: t`En qué estados`, columns: t`Columnas`, state: t`Estado` };
    const statuses = Object.entries(statusLabels()).map(([id, label]) => ({ id, label }));
    return (
        <Drawer subject={known?.id ?? "new"} title={known?.name ?? t`Nueva exportación`} top={known && <span className="id">{known.code}</span>} onClose={onClose} foot={<EditActs form="export-form" editing={editing} label={known ? undefined : t`Crear la exportación`} onDiscard={onClose} />}>
            <EditForm id="export-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!known} />
                <RadioGroup
                    label={labels.what!}
                    name="what"
                    options={[
                        { id: "tasks", label: t`Tareas`, detail: t`Como están cuando se hace: una fila por tarea que cambió.` },
                        { id: "entries", label: t`Lo capturado en los teléfonos`, detail: t`Una fila por captura, cada una una vez.` },
                        { id: "timesheets", label: t`Jornadas`, detail: t`Una fila por persona y día, como en la planilla de pago.` },
                    ]}
                    value={draft.what}
                    onChange={(what) => set({ what: what as ExportDraft["what"], columns: [], allColumns: true, ...(draft.format === "office_track" && what !== "entries" ? { format: "xlsx", fileName: "" } : {}) })}
                    error={errorAt("what")}
                />
                {draft.what === "timesheets" ? (
                    <Select
                        label={labels.days!}
                        name="days"
                        options={[
                            { id: "yesterday", label: t`El día anterior` },
                            { id: "last_seven_days", label: t`Los siete días anteriores` },
                            { id: "last_week", label: t`La semana anterior, de lunes a domingo` },
                            { id: "this_month", label: t`Este mes, hasta ese día` },
                            { id: "last_month", label: t`El mes anterior` },
                        ]}
                        value={draft.days}
                        onChange={(days) => set({ days: days as ExportDraft["days"] })}
                        error={errorAt("days")}
                    />
                ) : draft.what === "tasks" ? (
                    <PickMany label={labels.statuses!} name="statuses" options={statuses} values={draft.statuses} onChange={(chosen) => set({ statuses: chosen })} error={errorAt("statuses")} help={draft.statuses.length === 0 ? t`Sin elegir: en todos.` : undefined} optional />
                ) : (
                    <>
                        <PickMany label={labels.kinds!} name="kinds" options={CAPTURED.map((id) => ({ id, label: kindLabel(id) }))} values={draft.kinds} onChange={(kinds) => set({ kinds })} error={errorAt("kinds")} help={draft.kinds.length === 0 ? t`Sin elegir: todas.` : undefined} optional />
                        <Select label={labels.form!} name="form" options={[{ id: NONE, label: t`De todos` }, ...forms.map(({ code, name }) => ({ id: code, label: name, detail: code }))]} value={draft.form || NONE} onChange={(form) => set({ form: form === NONE ? "" : form })} error={errorAt("form")} />
                    </>
                )}
                <Select label={labels.format!} name="format" options={[{ id: "xlsx", label: "Excel (xlsx)" }, { id: "csv", label: "CSV (UTF-8)" }, ...(draft.what === "entries" ? [{ id: "office_track", label: "XML (OfficeTrack)", detail: t`Un archivo por captura, con sus fotos dentro.` }] : [])]} value={draft.format} onChange={(format) => set({ format: format as ExportDraft["format"], fileName: format === "office_track" || draft.format === "office_track" ? "" : draft.fileName.replace(/\.(xlsx|csv)$/i, `.${format}`) })} error={errorAt("format")} />
                {draft.format !== "office_track" && <ColumnsField draft={draft} set={set} errorAt={errorAt} />}
                {draft.what === "entries" && draft.format !== "office_track" && (
                    <Checkbox name="photos" selected={draft.photos} onChange={(photos) => set({ photos })}>
                        <Trans>Poner las fotos al lado, cada una en su archivo</Trans>
                    </Checkbox>
                )}
                <ScheduleField value={draft.schedule} onChange={(schedule) => set({ schedule })} error={errorAt("schedule")} />
                <TextField label={labels.file_name!} name="file_name" value={draft.fileName} onChange={(fileName) => set({ fileName })} error={errorAt("file_name")} placeholder={proposedName(draft)} help={draft.format === "office_track" ? t`${"{EntryGuid}"} es el identificador de cada captura.` : t`${"{n}"} es el número de la vez, ${"{fecha:yyyyMMdd}"} su día.`} spellCheck="false" />
                <DestinationFields to={draft} set={set} errorAt={errorAt} help={goesNowhere(draft) ? t`Sin elegir, se descarga de esta página.` : t`Y siempre se puede descargar de esta página.`} />
                <Checkbox selected={draft.emptyFiles} onChange={(emptyFiles) => set({ emptyFiles })}>
                    <Trans>Hacer el archivo también cuando no hay filas</Trans>
                </Checkbox>
                <Checkbox name="state" selected={draft.enabled} onChange={(enabled) => set({ enabled })}>
                    <Trans>Se hace sola, a su hora</Trans>
                </Checkbox>
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!known} spellCheck="false" />
            </EditForm>
        </Drawer>
    );
}
