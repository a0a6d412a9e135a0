// The word and the picture of each state: the same on bar, row, pin, card and drawer.
import { useLingui } from "@lingui/react/macro";
import { AlarmClock, Archive, Ban, Check, CircleDashed, FileClock, Hourglass, type LucideIcon, Navigation, Pause, PencilLine, Play, Smartphone, Undo2 } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useFormat } from "~/app/format";
import { priorityLabels, statusLabels } from "~/app/statuses";
import { Status } from "~/ui";
import type { State, View } from "./filter";
import { FAMILY, type Face, face, lateMinutes } from "./model";
import type { Task } from "./queries";

export const ICONS: Record<Face, LucideIcon> = {
    draft: PencilLine,
    unassigned: CircleDashed,
    not_yet: Hourglass,
    on_phone: Smartphone,
    on_way: Navigation,
    working: Play,
    paused: Pause,
    late: AlarmClock,
    review: FileClock,
    done: Check,
    withdrawn: Undo2,
    refused: Ban,
    attention: Archive,
};

export type Words = ReturnType<typeof useWords>;

export function useWords() {
    const { t } = useLingui();
    return useMemo(
        () => ({
            face: {
                draft: t`Borrador`,
                unassigned: t`Sin asignar`,
                not_yet: t`Aún no en el teléfono`,
                on_phone: t`En el teléfono`,
                on_way: t`En camino`,
                working: t`En curso`,
                paused: t`En pausa`,
                late: t`Atrasada`,
                review: t`Por revisar`,
                done: t`Hecha`,
                withdrawn: t`Retirada`,
                refused: t`Rechazada`,
                attention: t`Apartada`,
            } satisfies Record<Face, string>,
            state: {
                abiertas: t`sin terminar`,
                sin_asignar: t`sin asignar`,
                atrasadas: t`atrasadas`,
                fuera_del_telefono: t`aún no en el teléfono`,
                en_curso: t`en curso`,
                hechas: t`hechas`,
                rechazadas: t`rechazadas`,
                apartadas: t`apartadas`,
            } satisfies Record<State, string>,
            view: { atencion: t`Atención`, tareas: t`Tareas`, tecnicos: t`Técnicos`, mapa: t`Mapa` } satisfies Record<View, string>,
            status: statusLabels(),
            priority: priorityLabels(),
            reason: {
                wrong_author: t`la mandó quien no debía`,
                unknown_task: t`de una tarea que no se conoce`,
                body_unreadable: t`no se pudo leer`,
                already_created: t`ya existía`,
                already_so: t`ya estaba así`,
                late: t`llegó tarde`,
                after_end: t`después de terminada`,
                contradicting_end: t`contradice cómo terminó`,
                captured_before_office_decision: t`se capturó antes de lo que decidió la oficina`,
                before_withdrawal: t`trabajo hecho antes de retirarla`,
                after_withdrawal: t`trabajo hecho después de retirarla`,
                after_office_close: t`después de que la oficina la cerró`,
                before_reassignment: t`antes de reasignarla`,
                former_employee: t`de quien la tenía antes`,
                not_assigned: t`de quien no la tiene`,
                blocked_outside_radius: t`bloqueada: fuera del radio`,
            } as Record<string, string>,
        }),
        [t],
    );
}

/** The state of a task, in icon and words. */
export function TaskStatus({ task, now, pill, long }: { task: Task; now: number; pill?: boolean; long?: boolean }) {
    const { t } = useLingui();
    const words = useWords();
    const format = useFormat();
    const is = face(task, now);
    let text: ReactNode = words.face[is];
    if (is === "late") text = long ? t`Atrasada ${format.minutes(lateMinutes(task, now))}` : words.face.late;
    if (is === "refused" && task.progress.status === "not_done") text = words.status.not_done;
    if (long && is === "on_phone" && task.phones?.since) text = t`En el teléfono desde ${format.moment(task.phones.since, now)}`;
    if (long && is === "not_yet" && task.phones && task.phones.holding > 0) text = t`En ${task.phones.holding} de ${task.phones.employees} teléfonos`;
    if (long && is === "working" && task.progress.started_at) text = t`En curso desde ${format.moment(task.progress.started_at, now)}`;
    return (
        <Status family={FAMILY[is]} icon={ICONS[is]} pill={pill}>
            {text}
        </Status>
    );
}

/** The customer, else what it is about, else the number. */
export function titleOf(task: Task): string {
    return task.customer_name || task.links?.poi?.name || task.description || task.location?.address || String(task.task_number ?? "");
}
