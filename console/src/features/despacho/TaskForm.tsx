// A task that is written or changed, in the same drawer. What was typed survives reload and an ended session; two who
// change one task see both values, and the second decides.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api, idempotencyKey, ifMatch } from "~/api/client";
import { faultAt, faultItems, Refusal, refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { parsePlace } from "~/app/map/coordinates";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Combo, Drawer, ErrorSummary, say, Select, TextArea, TextField } from "~/ui";
import { DateTimeField } from "~/ui/DateTimeField";
import { useDraft } from "~/ui/useDraft";
import { Conflict } from "./Conflict";
import { changesOf, type Draft, draftOf, newDraft } from "./draft";
import { type Task, taskTypesQuery } from "./queries";
import { labelsOf } from "./TaskFacts";
import { titleOf, useWords } from "./words";

type Kept = { draft: Draft; start: Draft; version: number };

type Props = { task?: Task; day: string; onClose: () => void; onSaved: (task: Task) => void };

export function TaskForm({ task, day, onClose, onSaved }: Props) {
    const { t } = useLingui();
    const format = useFormat();
    const words = useWords();
    // What is typed is kept with what it was typed over, so that it clashes with what others wrote, also after a reload.
    const fresh: Kept = task ? { draft: draftOf(task), start: draftOf(task), version: task.version } : { draft: newDraft(day), start: newDraft(day), version: 0 };
    const [{ draft, start, version }, keep, forget] = useDraft<Kept>(`task:${task?.id ?? "nueva"}`, fresh);
    const [once] = useState(idempotencyKey);
    const [other, setOther] = useState<Task | null>(null);
    const mayDefinitions = useMay("view_definitions");
    const types = useQuery({ ...taskTypesQuery(), enabled: mayDefinitions });
    const set = (change: Partial<Draft>) => keep({ draft: { ...draft, ...change }, start, version });
    const saving = useMutation({
        mutationFn: async (): Promise<Task> => {
            const changes = changesOf(draft, start, format.zone, task !== undefined);
            if (!task) return answer(api.POST("/v1/tasks", { params: { header: once }, body: changes as never }));
            return answer(api.PATCH("/v1/tasks/{reference}", { params: { path: { reference: task.id }, header: ifMatch(version) }, body: changes as never }));
        },
        onSuccess: async (saved) => {
            forget();
            say(task ? t`Tarea ${saved.task_number} guardada` : t`Tarea ${saved.task_number} creada`);
            await queries.invalidateQueries({ queryKey: ["tasks"] });
            onSaved(saved);
        },
        onError: async (error) => {
            if (task && error instanceof Refusal && error.problem.code === "version_mismatch") setOther(await answer(api.GET("/v1/tasks/{reference}", { params: { path: { reference: task.id } } })));
        },
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        saving.mutate();
    };
    const labels: Record<string, string> = {
        customer_name: t`Cliente`, description: t`Descripción`, type: t`Tipo`, poi: t`Lugar`, start: t`Inicio`, due: t`Límite`, duration_minutes: t`Duración (min)`,
        "location.address": t`Dirección`, location: t`Coordenadas`, contact_name: t`Contacto`, phone1: t`Teléfono`, notes: t`Notas`, priority: t`Prioridad`, external_number: t`N.º externo`,
    };
    const error = saving.error && !other ? saving.error : undefined;
    const problem = error && refusalOf(error).problem;
    const data = labelsOf({ data: draft.data, type: draft.type }, types.data ?? []);
    return (
        <Drawer
            subject={task?.id}
            title={task ? titleOf(task) : t`Nueva tarea`}
            top={task && <span className="id">{task.task_number}</span>}
            onClose={onClose}
            foot={
                <>
                    <Button look="primary" type="submit" form="task-form" pending={saving.isPending}>
                        {task ? <Trans>Guardar</Trans> : <Trans>Crear la tarea</Trans>}
                    </Button>
                    <Button
                        onPress={() => {
                            forget();
                            onClose();
                        }}
                    >
                        <Trans>Descartar</Trans>
                    </Button>
                </>
            }
        >
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(error, labels)} />}
            {other && (
                <Conflict
                    draft={draft}
                    mine={start}
                    theirs={draftOf(other)}
                    labels={labels}
                    onDecide={(decided) => {
                        keep({ draft: decided, start: draftOf(other), version: other.version });
                        setOther(null);
                        saving.reset();
                    }}
                />
            )}
            <form id="task-form" className="form" onSubmit={submit} noValidate>
                <TextField label={labels.customer_name!} name="customer_name" value={draft.customer_name} onChange={(customer_name) => set({ customer_name })} error={faultAt(error, "customer_name")} autoFocus={!task} />
                {mayDefinitions && <Select label={labels.type!} name="type" options={(types.data ?? []).filter((one) => one.state !== "deleted").map(({ id, name }) => ({ id, label: name }))} value={draft.type} onChange={(type) => set({ type })} optional error={faultAt(error, "type")} />}
                <PoiField draft={draft} set={set} error={faultAt(error, "poi")} known={task?.links?.poi?.name} />
                <TextField label={labels["location.address"]!} name="location.address" value={draft.address} onChange={(address) => set({ address })} optional error={faultAt(error, "location.address")} />
                <TextField label={labels.location!} name="location" value={draft.place} onChange={(place) => set({ place })} optional help={t`Latitud y longitud, como «4,6097, -74,0817»; se pueden pegar.`} error={faultAt(error, "location") ?? (draft.place && !parsePlace(draft.place) ? t`«${draft.place}» no son coordenadas. Escriba latitud y longitud, como «4.6097, -74.0817».` : undefined)} />
                <div className="form-pair">
                    <DateTimeField label={labels.start!} name="start" value={draft.start} onChange={(start) => set({ start })} optional error={faultAt(error, "start")} />
                    <DateTimeField label={labels.due!} name="due" value={draft.due} onChange={(due) => set({ due })} optional error={faultAt(error, "due")} />
                </div>
                <div className="form-pair">
                    <TextField label={labels.duration_minutes!} name="duration_minutes" inputMode="numeric" value={draft.duration_minutes} onChange={(duration_minutes) => set({ duration_minutes })} optional error={faultAt(error, "duration_minutes")} />
                    <Select label={labels.priority!} name="priority" options={Object.entries(words.priority).map(([id, label]) => ({ id, label }))} value={draft.priority} onChange={(priority) => set({ priority })} error={faultAt(error, "priority")} />
                </div>
                <TextArea label={labels.description!} name="description" value={draft.description} onChange={(description) => set({ description })} optional error={faultAt(error, "description")} />
                <div className="form-pair">
                    <TextField label={labels.contact_name!} name="contact_name" value={draft.contact_name} onChange={(contact_name) => set({ contact_name })} optional error={faultAt(error, "contact_name")} />
                    <TextField label={labels.phone1!} name="phone1" type="tel" value={draft.phone1} onChange={(phone1) => set({ phone1 })} optional error={faultAt(error, "phone1")} />
                </div>
                {data.map(({ field, label }) => (
                    <TextField key={field} label={label} name={`data.${field}`} value={draft.data[field] ?? ""} onChange={(value) => set({ data: { ...draft.data, [field]: value } })} optional error={faultAt(error, `data.${field}`)} />
                ))}
                <TextArea label={labels.notes!} name="notes" value={draft.notes} onChange={(notes) => set({ notes })} optional error={faultAt(error, "notes")} rows={2} />
                {!task && <TextField label={labels.external_number!} name="external_number" value={draft.external_number} onChange={(external_number) => set({ external_number })} optional help={t`El número del sistema de la empresa. Sin él, Campo da uno.`} error={faultAt(error, "external_number")} />}
            </form>
        </Drawer>
    );
}

/** A place of the customer, found by name or number; it brings its address and point. */
function PoiField({ draft, set, error, known }: { draft: Draft; set: (change: Partial<Draft>) => void; error?: string; known?: string }) {
    const { t } = useLingui();
    const may = useMay("view_pois");
    const [text, setText] = useState(known ?? "");
    const found = useQuery({ queryKey: ["pois", "find", text], queryFn: ({ signal }) => answer(api.GET("/v1/pois", { params: { query: { q: text || undefined, limit: 50 } }, signal })), enabled: may, placeholderData: (before) => before });
    if (!may) return null;
    const options = (found.data?.items ?? []).map((poi) => ({ id: poi.id, label: poi.name, detail: [poi.number, poi.address?.text ?? poi.address?.street].filter(Boolean).join(" · ") }));
    return (
        <Combo
            label={t`Lugar`}
            name="poi"
            optional
            options={options}
            value={draft.poi}
            input={text}
            onInput={(typed) => {
                setText(typed);
                if (typed === "") set({ poi: null });
            }}
            onChange={(poi) => {
                const chosen = options.find((one) => one.id === poi);
                if (!chosen) return;
                setText(chosen.label);
                set({ poi, customer_name: draft.customer_name || chosen.label });
            }}
            pending={found.isFetching}
            error={error}
        />
    );
}

