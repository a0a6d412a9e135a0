// One task type, to read or to change, with what it was before.
import { useLingui } from "@lingui/react/macro";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { RemovalAct, useRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { priorityLabels, statusLabels } from "~/app/statuses";
import { Versions } from "~/app/Versions";
import { Drawer, ErrorSummary, KeyValues, PickMany, Select, say, TextField } from "~/ui";
import type { Form, TaskType } from "../queries";
import { changeType, makeType, oneType, removeType, typeVersions } from "../writes";
import { CUSTOM, type TypeDraft, typeBody, typeDraft } from "./draft";
import { LabelsField } from "./LabelsField";

const again = () => queries.invalidateQueries({ queryKey: ["definitions"] });
const NONE = "none";

export function TypeDrawer({ type, forms, onClose, onOpen }: { type?: TaskType; forms: Form[]; onClose: () => void; onOpen: (id: string) => void }) {
    const { t } = useLingui();
    const mayChange = useMay("manage_definitions");
    const editing = useEditing<TypeDraft, TaskType>({
        place: `task-type:${type?.id ?? "new"}`,
        object: type,
        draftOf: typeDraft,
        versionOf: (one) => one.version,
        bodyOf: typeBody,
        create: makeType,
        change: (changes, version) => changeType(type?.id ?? "", changes, version),
        again: () => oneType(type?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(t`Tipo «${saved.name}» guardado`);
            if (!type) onOpen(saved.id);
        },
    });
    const removal = useRemoval({
        remove: () => removeType(type?.id ?? "", type?.version ?? 0),
        one: () => oneType(type?.id ?? ""),
        restore: (gone) => changeType(gone.id, { state: "enabled" }, gone.version),
        again,
        saidGone: (gone) => t`Tipo «${gone.name}» fuera de uso`,
        saidBack: (gone) => t`Tipo «${gone.name}» otra vez en uso`,
        onGone: onClose,
    });
    const { draft, set, errorAt } = editing;
    const statuses = statusLabels();
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, planned_minutes: t`Minutos previstos`, priority: t`Prioridad`, allowed_states: t`Estados que puede tener`, required_forms: t`Formularios obligatorios`, data_labels: t`Sus campos`, status_labels: t`Estados propios`, state: t`Estado` };
    const formOptions = forms.map(({ id, name, code }) => ({ id, label: name, detail: code }));
    return (
        <Drawer subject={type?.id ?? "new"} title={type?.name ?? t`Nuevo tipo de tarea`} top={type && <span className="id">{type.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="type-form" editing={editing} label={type ? undefined : t`Crear el tipo`} onDiscard={type && !editing.changed ? undefined : type ? () => undefined : onClose} />}>
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            {mayChange ? (
                <EditForm id="type-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!type} />
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!type} help={t`Con el que los archivos y otros sistemas lo nombran.`} spellCheck="false" />
                    <LabelsField labels={draft.labels} onChange={(next) => set({ labels: next })} errorAt={errorAt} />
                    <PickMany label={labels.required_forms!} name="required_forms" options={formOptions} values={draft.forms} onChange={(chosen) => set({ forms: chosen })} error={errorAt("required_forms")} help={t`Sin ellos no se puede cerrar.`} optional />
                    <TextField label={labels.planned_minutes!} name="planned_minutes" inputMode="decimal" value={draft.minutes} onChange={(minutes) => set({ minutes })} error={errorAt("planned_minutes")} optional />
                    <Select label={labels.priority!} name="priority" options={[{ id: NONE, label: t`La de cada tarea` }, ...Object.entries(priorityLabels()).map(([id, label]) => ({ id, label }))]} value={draft.priority || NONE} onChange={(priority) => set({ priority: priority === NONE ? "" : priority })} error={errorAt("priority")} />
                    <PickMany label={labels.allowed_states!} name="allowed_states" options={Object.entries(statuses).map(([id, label]) => ({ id, label: draft.statusLabels[id] || label }))} values={draft.allowed} onChange={(allowed) => set({ allowed })} error={errorAt("allowed_states")} help={draft.allowed.length === 0 ? t`Sin elegir: todos.` : undefined} optional />
                    <fieldset>
                        <legend>{labels.status_labels}</legend>
                        <div className="form-pair">
                            {CUSTOM.map((status) => (
                                <TextField key={status} label={statuses[status]!} name={`status_labels.${status}`} value={draft.statusLabels[status] ?? ""} onChange={(label) => set({ statusLabels: { ...draft.statusLabels, [status]: label } })} error={errorAt(`status_labels.${status}`)} optional />
                            ))}
                        </div>
                    </fieldset>
                </EditForm>
            ) : (
                type && (
                    <KeyValues
                        facts={[
                            ...draft.labels.map(({ field, label, visible }): [string, string] => [field, visible ? label : t`${label} (solo oficina)`]),
                            [labels.required_forms!, draft.forms.map((id) => forms.find((form) => form.id === id)?.name ?? id).join(" · ")],
                            [labels.planned_minutes!, draft.minutes],
                            [labels.allowed_states!, draft.allowed.map((id) => statuses[id] ?? id).join(" · ")],
                        ]}
                    />
                )
            )}
            {type && <Versions topic="definitions" id={type.id} ask={() => typeVersions(type.id)} labels={labels} />}
            {type && mayChange && <RemovalAct removal={removal} />}
        </Drawer>
    );
}
