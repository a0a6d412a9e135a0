// The facts of a task, with the account's own labels for data1 to data40 as its type orders and shows them.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormat } from "~/app/format";
import { useMay } from "~/app/session";
import { KeyValues, Status } from "~/ui";
import { instantOf, placeOf } from "./model";
import { phonesQuery, type Task, type TaskType, taskTypesQuery } from "./queries";
import { ICONS, useWords } from "./words";

export type Label = { field: string; label: string };

/** The fields that the type names and shows, then what else is filled. */
export function labelsOf(task: Pick<Task, "data" | "type">, types: readonly TaskType[]): Label[] {
    const type = types.find((one) => one.id === task.type);
    const named = [...(type?.data_labels ?? [])].sort((a, b) => (a.order ?? 99) - (b.order ?? 99));
    const known = new Set(named.map((one) => one.field));
    const rest = Object.keys(task.data ?? {}).filter((field) => !known.has(field));
    return [...named.filter((one) => one.visible !== false).map(({ field, label }) => ({ field, label: label || field })), ...rest.map((field) => ({ field, label: field }))];
}

export function TaskFacts({ task }: { task: Task }) {
    const { t } = useLingui();
    const format = useFormat();
    const words = useWords();
    const types = useQuery({ ...taskTypesQuery(), enabled: useMay("view_definitions") });
    const [start, due] = [instantOf(task.start), instantOf(task.due)];
    const window = start !== undefined && due !== undefined ? `${format.moment(start)}–${format.day(start) === format.day(due) ? format.time(due) : format.moment(due)}` : start !== undefined ? format.moment(start) : due !== undefined ? t`antes de ${format.moment(due)}` : undefined;
    const place = placeOf(task);
    const data = labelsOf(task, types.data ?? []).map(({ field, label }): [string, ReactNode] => [label, task.data?.[field]]);
    const people = task.progress.assignments.map((one) => one.name || one.number);
    return (
        <KeyValues
            facts={[
                [people.length > 1 ? t`Técnicos` : t`Técnico`, people.length > 0 ? people.join(", ") : <span className="dim">{t`nadie todavía`}</span>],
                [t`Teléfonos`, people.length > 0 && <Phones task={task} />],
                [t`Ventana`, window && <>{window}{task.duration_minutes ? <span className="dim"> · {format.minutes(task.duration_minutes)}</span> : null}</>],
                [t`Descripción`, task.description],
                [t`Notas`, task.notes],
                [t`Contacto`, [task.contact_name, task.phone1, task.phone2, task.email].filter(Boolean).join(" · ")],
                [t`Lugar`, task.links?.poi && `${task.links.poi.name} (${task.links.poi.code})`],
                [t`Orden`, task.links?.work_order && `${task.links.work_order.name} (${task.links.work_order.code})`],
                [t`N.º externo`, task.external_number && task.external_number !== String(task.task_number) && task.external_number],
                [t`Prioridad`, task.priority && !["not_set", "normal"].includes(task.priority) && words.priority[task.priority]],
                [t`Coordenadas`, place && <span className="code">{`${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`}</span>],
                ...data,
            ]}
        />
    );
}

/** "En el teléfono desde 10:02", for each phone that has it or should. */
function Phones({ task }: { task: Task }) {
    const format = useFormat();
    const phones = useQuery(phonesQuery(task.id));
    if (!phones.data) return null;
    if (phones.data.length === 0) {
        return (
            <Status family="not-yet" icon={ICONS.not_yet}>
                <Trans>Ningún teléfono inscrito la espera</Trans>
            </Status>
        );
    }
    return (
        <span className="stack-tight">
            {phones.data.map((phone) =>
                phone.since ? (
                    <Status key={phone.installation} family="on-phone" icon={ICONS.on_phone} title={phone.installation_name}>
                        <Trans>En el teléfono desde {format.moment(phone.since)}</Trans>
                    </Status>
                ) : (
                    <Status key={phone.installation} family="not-yet" icon={ICONS.not_yet} title={phone.installation_name}>
                        {phone.heard_at ? <Trans>Aún no; sin noticias desde {format.moment(phone.heard_at)}</Trans> : <Trans>Aún no en el teléfono</Trans>}
                    </Status>
                ),
            )}
        </span>
    );
}
